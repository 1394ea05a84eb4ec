using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Worker.Hosting;

namespace Qwen35Batch.Worker.Tests.Hosting;

public sealed class VocabularyDatabasesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_query_reads_the_ledger_s_database_and_cannot_change_it()
    {
        using (var writing = new SqliteConnection($"Data Source={_file}"))
        {
            writing.Open();
            using var create = new SqliteCommand("CREATE TABLE s (name TEXT); INSERT INTO s VALUES ('a')", writing);
            create.ExecuteNonQuery();
        }

        using var connection = Databases(LedgerProvider.Sqlite, $"Data Source={_file}").Connect(new());
        connection.Open();
        using var query = connection.CreateCommand();
        query.CommandText = "SELECT name FROM s";
        Assert.Equal("a", query.ExecuteScalar());
        query.CommandText = "DELETE FROM s";
        Assert.Throws<SqliteException>(() => query.ExecuteNonQuery());
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public void A_list_may_have_a_database_of_its_own()
    {
        using var own = Databases(LedgerProvider.Sqlite, $"Data Source={_file}").Connect(
            new() { Provider = VocabularyDatabase.PostgreSql, ConnectionString = "Host=names.example;Database=crm" });
        using var ledger = Databases(LedgerProvider.PostgreSql, "Host=ledger.example;Database=ledger").Connect(new());

        Assert.Equal("crm", Assert.IsType<NpgsqlConnection>(own).Database);
        Assert.Equal("ledger", Assert.IsType<NpgsqlConnection>(ledger).Database);
    }

    private static VocabularyDatabases Databases(LedgerProvider provider, string connection) =>
        new(Options.Create(new LedgerOptions { Provider = provider, ConnectionString = connection }));
}
