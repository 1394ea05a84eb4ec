using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Tests.Fixtures;

public sealed class SqliteFixture : LedgerFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-ledger-").FullName;

    private string ConnectionString => $"Data Source={Path.Combine(_folder, "new", "ledger.db")}";

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    protected override Task StartAsync() => Task.CompletedTask;

    internal override ILedgerDialect CreateDialect(Action<DbContextOptionsBuilder>? configure) =>
        new SqliteDialect(ConnectionString, configure);
}
