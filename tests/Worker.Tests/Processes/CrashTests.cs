using System.Globalization;
using Npgsql;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

/// <summary>Workers in processes of their own that are killed, stopped or kept apart, on one ledger in PostgreSQL.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-crash-").FullName;
    private readonly List<WorkerProcess> _workers = [];
    private PostgresDatabase? _database;
    private StubEndpoint? _engine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StubEndpoint Engine => _engine!;

    public async ValueTask InitializeAsync()
    {
        var server = await PostgresServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        _database = await server.CreateDatabaseAsync(Cancellation);
        _engine = await StubEndpoint.StartAsync();
        Directory.CreateDirectory(Path.Combine(_folder, "media"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
            // Shown with a failure only: what the processes themselves said of it.
            TestContext.Current.TestOutputHelper?.WriteLine(worker.Output);
        }

        if (_engine is not null) await _engine.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task After_a_kill_what_was_in_flight_runs_by_halves_with_new_work_beside_it()
    {
        const int InFlight = 24;
        const int Later = 12;
        var answer = new TaskCompletionSource();
        Engine.Answering = answer.Task;
        var killed = await StartAsync("data", lease: "01:00:00", concurrency: InFlight);
        await SubmitAsync(killed, InFlight, "first");
        await TestWorker.WaitAsync(() => Engine.Running >= InFlight);

        killed.Signal("KILL");
        Assert.NotEqual(0, await killed.WaitForExitAsync());
        await TestWorker.WaitAsync(() => Engine.Running == 0);
        // Its lock tells the next one that it is dead: nothing waits for these leases.
        var next = await StartAsync("data", lease: "01:00:00", concurrency: InFlight);
        await TestWorker.WaitAsync(() => Engine.Running >= InFlight / 2);
        await SubmitAsync(next, Later, "later");
        await TestWorker.WaitAsync(() => Engine.Running >= (InFlight / 2) + Later);
        Assert.Equal(
            "1 12", await AskAsync("select max(crashes) || ' ' || count(*) filter (where crashes = 1 and state = 'leased') from segments"));
        answer.SetResult();

        await CompletedAsync(InFlight + Later);
        Assert.Equal("1 1", await AskAsync("select max(crashes) || ' ' || max(attempts) from segments"));
    }

    [Fact]
    public async Task A_worker_that_was_only_stopped_costs_nobody_an_attempt_and_nothing_is_doubled()
    {
        var answer = new TaskCompletionSource();
        Engine.Answering = answer.Task;
        var stopped = await StartAsync("data");
        await SubmitAsync(stopped, 2, "held");
        await TestWorker.WaitAsync(() => Engine.Running >= 2);
        stopped.Signal("STOP");
        // For all that the ledger knows it is dead: of the two that it held, the other worker runs half.
        await StartAsync("data");
        await TestWorker.WaitAsync(() => Engine.Running >= 3);
        Assert.Equal("1", await AskAsync("select min(crashes) from segments"));

        stopped.Signal("CONT");
        await TestWorker.WaitAsync(() => AskAsync("select max(crashes) from segments"), crashes => crashes == "0", "The crash");
        answer.SetResult();

        await CompletedAsync(2);
        Assert.Equal("1 0", await AskAsync("select max(attempts) || ' ' || max(crashes) from segments"));
        Assert.Contains("None is charged with a crash", stopped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_of_everybody_is_no_crash_either_and_the_answers_are_kept()
    {
        var answer = new TaskCompletionSource();
        Engine.Answering = answer.Task;
        // Long enough that a starved machine does not make one of them silent by itself.
        const string Lease = "00:00:20";
        WorkerProcess[] workers = [await StartAsync("data", Lease), await StartAsync("data", Lease)];
        await SubmitAsync(workers[0], 4, "held");
        await TestWorker.WaitAsync(() => Engine.Running >= 4);

        foreach (var worker in workers) worker.Signal("STOP");
        await TestWorker.WaitAsync(
            () => AskAsync("select count(*) from worker where alive_until < now() and not is_dead"),
            silent => silent == "2",
            "The silence");
        foreach (var worker in workers) worker.Signal("CONT");
        answer.SetResult();

        await CompletedAsync(4);
        Assert.Equal("1 0", await AskAsync("select max(attempts) || ' ' || max(crashes) from segments"));
        Assert.Equal(4, Engine.Calls);
    }

    [Fact]
    public async Task Workers_with_data_folders_of_their_own_leave_each_other_their_work()
    {
        WorkerProcess[] workers = [await StartAsync("one", "01:00:00"), await StartAsync("two", "01:00:00")];
        await SubmitAsync(workers[0], 12, "first");
        await SubmitAsync(workers[1], 12, "second");

        await CompletedAsync(24);

        Assert.Equal("1 0", await AskAsync("select max(attempts) || ' ' || max(crashes) from segments"));
        // Each copied what it planned, and nothing else.
        Assert.Equal(24, Copies("one") + Copies("two"));
        var stores = await AskAsync("select count(distinct media_store) from segment");
        Assert.Equal(stores, $"{new[] { Copies("one"), Copies("two") }.Count(copies => copies > 0)}");
    }

    [Fact]
    public async Task What_a_dead_worker_had_in_its_own_data_folder_is_fetched_again_uncounted()
    {
        var answer = new TaskCompletionSource();
        Engine.Answering = answer.Task;
        var killed = await StartAsync("one");
        await SubmitAsync(killed, 1, "only");
        await TestWorker.WaitAsync(() => Engine.Running >= 1);
        killed.Signal("KILL");
        await killed.WaitForExitAsync();
        answer.SetResult();

        await StartAsync("two");

        await CompletedAsync(1);
        Assert.Equal((1, 1), (Copies("one"), Copies("two")));
        Assert.Equal("1", await AskAsync("select max(attempts) from segments"));
    }

    private async Task<WorkerProcess> StartAsync(string data, string lease = "00:00:03", int concurrency = 4)
    {
        var worker = WorkerProcess.ServeIn(
            _folder,
            data,
            Engine.BaseUrl,
            null,
            "Ledger:Provider=PostgreSql",
            $"Ledger:ConnectionString={_database!.ConnectionString}",
            $"Stages:LeaseDuration={lease}",
            "Stages:HeartbeatInterval=00:00:01",
            "Stages:ReapInterval=00:00:00.2",
            "Stages:PollInterval=00:00:00.2",
            string.Create(CultureInfo.InvariantCulture, $"Stages:AnalyseConcurrency={concurrency}"),
            "Ledger:BackOff=00:00:00");
        _workers.Add(worker);
        await worker.WaitUntilReadyAsync();
        return worker;
    }

    private async Task SubmitAsync(WorkerProcess worker, int count, string name)
    {
        for (var number = 0; number < count; number++)
        {
            var path = Path.Combine(_folder, "media", string.Create(CultureInfo.InvariantCulture, $"{name}-{number}.txt"));
            await File.WriteAllTextAsync(path, $"Words to be read: {name}, {number}.", Cancellation);
            Assert.True(await worker.TrySubmitAsync(new() { JobId = Guid.CreateVersion7(), Source = path, Task = "describe" }));
        }
    }

    /// <summary>Every job is completed, and has its insight once.</summary>
    private async Task CompletedAsync(int jobs)
    {
        await TestWorker.WaitAsync(
            () => AskAsync("select count(*) || ' ' || count(*) filter (where state = 'completed') from jobs"),
            counts => counts == $"{jobs} {jobs}",
            "All jobs");
        Assert.Equal(
            $"{jobs} {jobs}", await AskAsync("select count(*) || ' ' || count(distinct job) from insights"));
    }

    private async Task<string?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database!.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand($"select ({sql})::text", connection);
        return await command.ExecuteScalarAsync(Cancellation) as string;
    }

    private int Copies(string data) =>
        Directory.EnumerateFiles(Path.Combine(_folder, data, "media"), "*", SearchOption.AllDirectories).Count();
}
