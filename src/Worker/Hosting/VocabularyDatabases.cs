using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Pipeline.Vocabularies;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>Lists of names by queries: asked of the ledger's database where none is named.</summary>
internal sealed class VocabularyDatabases(IOptions<LedgerOptions> ledger) : IVocabularyDatabases
{
    public DbConnection Connect(VocabularyOptions options)
    {
        var provider = options.Provider
            ?? (ledger.Value.Provider == LedgerProvider.Sqlite ? VocabularyDatabase.Sqlite : VocabularyDatabase.PostgreSql);
        var connection = options.ConnectionString ?? ledger.Value.ConnectionString;
        return provider == VocabularyDatabase.PostgreSql
            ? new NpgsqlConnection(connection)
            : new SqliteConnection(new SqliteConnectionStringBuilder(connection) { Mode = SqliteOpenMode.ReadOnly }.ToString());
    }
}
