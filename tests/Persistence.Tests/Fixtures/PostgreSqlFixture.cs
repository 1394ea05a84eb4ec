using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Persistence.Tests.Fixtures;

public sealed class PostgreSqlFixture : LedgerFixture
{
    private PostgresDatabase? _database;

    public override ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task StartAsync()
    {
        var server = await PostgresServer.SharedAsync();
        SkipReason = server.SkipReason;
        if (SkipReason is null)
            _database = await server.CreateDatabaseAsync(CancellationToken.None);
    }

    internal override ILedgerDialect CreateDialect(Action<DbContextOptionsBuilder>? configure) =>
        new PostgreSqlDialect(_database!.ConnectionString, configure);
}
