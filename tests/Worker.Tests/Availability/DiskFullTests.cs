using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Availability;

/// <summary>A ledger without room: it answers, and refuses what would need some.</summary>
public sealed class DiskFullTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_that_the_ledgers_full_disk_refuses_is_stored_when_there_is_room()
    {
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var worker = await TestWorker.StartAsync(
            ("Ledger:Provider", "PostgreSql"), ("Ledger:ConnectionString", database.ConnectionString));
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        // A sequence goes on although its transaction is rolled back: it counts the refusals.
        await AskAsync(
            source,
            """
            CREATE SEQUENCE refusals;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval('refusals');
                RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
            END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON insight FOR EACH ROW EXECUTE FUNCTION refuse();
            """);

        var job = await worker.SubmitAsync(worker.Job("full.txt"));
        await TestWorker.WaitAsync(() => AskAsync(source, "SELECT last_value FROM refusals"), count => count is >= 10L, "The refusals");
        Assert.Equal(JobState.Analysing, (await worker.Ledger.Reading.GetJobAsync(job, Cancellation))!.Job.State);
        await AskAsync(source, "DROP TRIGGER full_disk ON insight");

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
        Assert.Equal(1, worker.Model.Calls);
    }

    private static async Task<object?> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
