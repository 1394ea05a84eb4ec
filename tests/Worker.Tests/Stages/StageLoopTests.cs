using System.Collections.Concurrent;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class StageLoopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_follows_at_once_without_polling()
    {
        await using var worker = await TestWorker.StartAsync(("Stages:PollInterval", "00:10:00"));

        var job = await worker.SubmitAsync(worker.Job("at-once.txt"));

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
    }

    [Fact]
    public async Task As_many_segments_run_at_once_as_configured_and_no_more()
    {
        var all = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync(("Stages:AnalyseConcurrency", "3"));
        worker.Model.BeforeAnswer = (_, _) => all.Task;
        var jobs = new List<Guid>();
        for (var number = 0; number < 8; number++) jobs.Add(await worker.SubmitAsync(worker.Job($"{number}.txt")));

        await TestWorker.WaitAsync(() => worker.Model.Calls == 3);
        all.SetResult();
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);

        Assert.Equal(3, worker.Model.MostRunning);
        Assert.Equal(8, worker.Model.Calls);
    }

    [Fact]
    public async Task Work_whose_job_another_process_cancels_is_stopped_by_the_next_heartbeat()
    {
        await using var worker = await TestWorker.StartAsync(
            ("Stages:HeartbeatInterval", "00:00:00.2"), ("Stages:LeaseDuration", "00:00:05"));
        worker.Model.BeforeAnswer = (_, token) => Task.Delay(Timeout.Infinite, token);
        var job = await worker.SubmitAsync(worker.Job("lost.txt"));
        await worker.Model.FirstCall;

        Assert.True(await worker.Ledger.Queue.CancelAsync(job, "another process", Cancellation));

        await TestWorker.WaitAsync(() => worker.Model.Cancelled == 1);
        Assert.Equal(JobState.Cancelled, (await worker.WaitForEndAsync(job)).State);
    }

    [Fact]
    public async Task Heartbeats_extend_the_lease_of_running_work()
    {
        await using var worker = await TestWorker.StartAsync(
            ("Stages:HeartbeatInterval", "00:00:00.2"), ("Stages:LeaseDuration", "00:01:00"), ("Stages:ReapInterval", "00:00:00.2"));
        var answer = new TaskCompletionSource();
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var job = await worker.SubmitAsync(worker.Job("long.txt"));
        await worker.Model.FirstCall;

        // Two extensions, so that the first claim's own lease is not taken for one.
        var claimed = await LeaseUntilAsync(worker);
        var extended = await TestWorker.WaitAsync(
            () => LeaseUntilAsync(worker), until => string.CompareOrdinal(until, claimed) > 0, "A first heartbeat");
        await TestWorker.WaitAsync(
            () => LeaseUntilAsync(worker), until => string.CompareOrdinal(until, extended) > 0, "A second heartbeat");
        answer.SetResult();

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
        Assert.Equal(1, worker.Model.Calls);
    }

    [Fact]
    public async Task One_bad_item_leaves_its_neighbours_alone()
    {
        await using var worker = await TestWorker.StartAsync(("Ledger:MaxAttempts", "1"));
        worker.Model.BeforeAnswer = (call, _) =>
            call.Text.Contains("bad.txt", StringComparison.Ordinal) ? throw new InvalidOperationException("A fault.") : Task.CompletedTask;

        var good = await worker.SubmitAsync(worker.Job("good.txt"));
        var bad = await worker.SubmitAsync(worker.Job("bad.txt"));
        var missing = await worker.SubmitAsync(worker.Job("good2.txt") with { Source = Path.Combine(worker.Media, "missing.txt") });

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(good)).State);
        Assert.Equal(RejectionReason.AttemptsExhausted, (await worker.WaitForEndAsync(bad)).Reason);
        Assert.Equal(RejectionReason.SourceNotFound, (await worker.WaitForEndAsync(missing)).Reason);
    }

    [Fact]
    public async Task A_backlog_waits_for_an_engine_that_is_away_instead_of_running_against_it()
    {
        await using var worker = await TestWorker.StartAsync(("Stages:AnalyseConcurrency", "2"));
        var planned = new TaskCompletionSource();
        worker.Model.BeforeAnswer = async (_, token) =>
        {
            await planned.Task.WaitAsync(token);
            throw new HttpRequestException("Connection refused.");
        };
        var jobs = new List<Guid>();
        for (var number = 0; number < 30; number++) jobs.Add(await worker.SubmitAsync(worker.Job($"away-{number}.txt")));
        await TestWorker.WaitAsync(
            async () => (await worker.Ledger.Reading.CountsAsync(TimeSpan.Zero, Cancellation)).Jobs[JobState.Analysing],
            analysing => analysing == 30);

        planned.SetResult();
        // Planning goes on, and takes longer than a refused connection.
        for (var number = 0; number < 3; number++)
        {
            var job = await worker.SubmitAsync(worker.Job($"later-{number}.txt"));
            await TestWorker.WaitAsync(
                async () => (await worker.Ledger.Reading.GetJobAsync(job, Cancellation))!.Job.State, state => state == JobState.Analysing);
        }

        Assert.InRange(worker.Model.Calls, 2, 4);
    }

    [Fact]
    public async Task A_suspect_runs_with_nothing_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-suspect-").FullName;
        try
        {
            // A first worker plans four jobs and gives their segments back; then two workers die with one of them.
            var jobs = new List<Guid>();
            await using (var first = await TestWorker.StartAsync(
                folder, null, null, ("Stages:DrainTimeout", "00:00:00"), ("Ledger:BackOff", "00:00:00")))
            {
                first.Model.BeforeAnswer = (_, token) => Task.Delay(Timeout.Infinite, token);
                for (var number = 0; number < 4; number++) jobs.Add(await first.SubmitAsync(first.Job($"suspect-{number}.txt")));
                await TestWorker.WaitAsync(() => first.Model.Calls == 4);
                await first.StopAsync();
                for (var crashes = 0; crashes < 2; crashes++)
                {
                    // The queue's first, which is due again at once.
                    Assert.Single(
                        await first.Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 1, TimeSpan.FromMilliseconds(1), Cancellation));
                    await TestWorker.WaitAsync(async () => await first.Ledger.Queue.ReapAsync(Cancellation), ended => ended == 1);
                    await first.AskLedgerAsync("UPDATE segment SET run_at = '2001-01-01 00:00:00' WHERE crash_count > 0");
                }

                await first.AskLedgerAsync("UPDATE segment SET run_at = '2100-01-01 00:00:00' WHERE crash_count > 0");
            }

            // The others run until the suspect, which comes after them, has been claimed.
            var claimed = new TaskCompletionSource();
            var running = new ConcurrentBag<int>();
            var model = new ScriptedModel
            {
                BeforeAnswer = (call, token) =>
                {
                    running.Add(call.Running);
                    return claimed.Task.WaitAsync(token);
                },
            };
            await using var worker = await TestWorker.StartAsync(folder, model, null);
            await TestWorker.WaitAsync(() => worker.Model.Calls == 3);
            await worker.AskLedgerAsync("UPDATE segment SET run_at = '2001-01-01 00:00:00' WHERE crash_count > 0");
            await TestWorker.WaitAsync(
                () => worker.AskLedgerAsync("SELECT count(*) FROM segment WHERE crash_count = 2 AND state = 'Leased'"),
                count => count is 1L,
                "The suspect's claim");
            claimed.SetResult();
            foreach (var job in jobs) Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);

            Assert.Equal([1, 1, 2, 3], running.Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> LeaseUntilAsync(TestWorker worker) =>
        (string)(await worker.AskLedgerAsync("SELECT coalesce(max(lease_until), '') FROM segment"))!;
}
