using Npgsql;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Persistence.Tests.Servers;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_new_database_is_empty_and_far_from_UTC()
    {
        var server = await PostgresServer.SharedAsync();
        Assert.SkipWhen(server.SkipReason is not null, server.SkipReason ?? "");
        await using var database = await server.CreateDatabaseAsync(TestContext.Current.CancellationToken);

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(
            "SELECT current_setting('timezone') || ' ' || count(*) FROM information_schema.tables WHERE table_schema = 'public'");

        Assert.Equal("Asia/Kathmandu 0", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
