using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Hosting;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Stages;

/// <summary>Work that another process stores in the same PostgreSQL database.</summary>
public sealed class AnnouncementTests
{
    private const string Listeners =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%(listens)'";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_process_job_begins_without_a_look_at_the_ledger()
    {
        await using var place = await PlaceAsync();
        await using var worker = await place.StartAsync(new ShortTimers(TimeSpan.FromSeconds(30)), "00:10:00");
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("own.txt")));

        var job = await place.SubmitElsewhereAsync(worker, "other.txt");

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
    }

    [Fact]
    public async Task Another_process_cancelling_stops_the_work_without_a_heartbeat()
    {
        await using var place = await PlaceAsync();
        await using var worker = await place.StartAsync(new ShortTimers(TimeSpan.FromSeconds(10)), "00:10:00");
        worker.Model.BeforeAnswer = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token);
        var job = await worker.SubmitAsync(worker.Job("long.txt"));
        await worker.Model.FirstCall;

        Assert.True(await place.Elsewhere(worker).Queue.CancelAsync(job, "somebody", Cancellation));

        await TestWorker.WaitAsync(() => worker.Model.Cancelled == 1);
    }

    [Fact]
    public async Task A_listening_connection_that_was_lost_is_made_again()
    {
        await using var place = await PlaceAsync();
        await using var worker = await place.StartAsync(new ShortTimers(TimeSpan.FromSeconds(30)), "00:10:00");
        await TestWorker.WaitAsync(() => place.AskAsync(Listeners), count => count == 1, "The listener");
        var before = await place.AskAsync($"SELECT pid FROM ({Listeners.Replace("count(*)", "pid", StringComparison.Ordinal)}) l");

        await place.AskAsync($"SELECT count(pg_terminate_backend({before}::int))");
        await TestWorker.WaitAsync(() => place.AskAsync($"{Listeners} AND pid <> {before}"), count => count == 1, "A new listener");
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("own.txt")));
        var job = await place.SubmitElsewhereAsync(worker, "other.txt");

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
    }

    [Fact]
    public async Task Without_a_listening_connection_the_ledger_is_looked_at()
    {
        await using var place = await PlaceAsync();
        // Shorter than the pause before the connection is made again, so that it never is.
        await using var worker = await place.StartAsync(new ShortTimers(TimeSpan.FromSeconds(0.5)), "00:00:00.25");
        await TestWorker.WaitAsync(() => place.AskAsync(Listeners), count => count == 1, "The listener");
        await place.AskAsync(Listeners.Replace("count(*)", "count(pg_terminate_backend(pid))", StringComparison.Ordinal));
        await TestWorker.WaitAsync(() => place.AskAsync(Listeners), count => count == 0, "The end of the listener");

        var job = await place.SubmitElsewhereAsync(worker, "other.txt");

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
        Assert.Equal(0, await place.AskAsync(Listeners));
    }

    private static async Task<Place> PlaceAsync()
    {
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        return new(await server.CreateDatabaseAsync(Cancellation));
    }

    /// <summary>A database, and processes that use it.</summary>
    private sealed class Place(PostgresDatabase database) : IAsyncDisposable
    {
        private readonly List<IDisposable> _others = [];

        public Task<TestWorker> StartAsync(TimeProvider time, string pollInterval) => TestWorker.StartAsync(
            null,
            null,
            services => services.Replace(ServiceDescriptor.Singleton(time)),
            [.. Settings, ("Stages:PollInterval", pollInterval)]);

        /// <summary>The ledger as another process has it, such as a command's.</summary>
        public Ledger Elsewhere(TestWorker worker)
        {
            var host = WorkerComposition.BuildLedgerOnly(TestWorker.Settings(worker.Folder, Settings));
            _others.Add(host);
            return host.Services.GetRequiredService<Ledger>();
        }

        public async Task<Guid> SubmitElsewhereAsync(TestWorker worker, string name)
        {
            var job = worker.Job(name);
            var identity = new JobIdentity
            {
                Source = job.Source,
                ContentSha256 = name,
                Task = new(job.Task, "1"),
                Model = "scripted@1",
                Options = new(),
            };
            var outcome = await Elsewhere(worker).Submissions.SubmitAsync(
                new JobSubmission(job with { Options = new() }, identity), Cancellation);
            Assert.Equal(SubmitResult.Accepted, outcome.Result);
            return outcome.JobId;
        }

        public async Task<long> AskAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync(Cancellation);
            await using var command = new NpgsqlCommand(sql, connection);
            return Convert.ToInt64(await command.ExecuteScalarAsync(Cancellation), System.Globalization.CultureInfo.InvariantCulture);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var other in _others) other.Dispose();
            await database.DisposeAsync();
        }

        private (string, string)[] Settings =>
            [("Ledger:Provider", "PostgreSql"), ("Ledger:ConnectionString", database.ConnectionString)];
    }
}
