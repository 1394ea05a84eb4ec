using System.Net.Sockets;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Stages;

public sealed class ShutdownTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-shutdown-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Running_work_ends_and_nothing_new_is_claimed()
    {
        var answer = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync(_folder, null, null, ("Stages:AnalyseConcurrency", "1"));
        worker.Model.BeforeAnswer = (_, _) => answer.Task;
        var running = await worker.SubmitAsync(worker.Job("running.txt"));
        await worker.Model.FirstCall;
        var waiting = await worker.SubmitAsync(worker.Job("waiting.txt"));

        var stopping = worker.StopAsync();
        answer.SetResult();
        await stopping;

        Assert.Equal(JobState.Completed, (await worker.Ledger.Reading.GetJobAsync(running, Cancellation))!.Job.State);
        Assert.NotEqual(JobState.Completed, (await worker.Ledger.Reading.GetJobAsync(waiting, Cancellation))!.Job.State);
        Assert.Equal(1, worker.Model.Calls);
    }

    [Fact]
    public async Task Nothing_is_claimed_while_a_slow_request_holds_up_the_stop()
    {
        await using var worker = await TestWorker.StartAsync(_folder, null, null, ("Stages:HeartbeatInterval", "00:00:00.5"));
        worker.Model.BeforeAnswer = (_, token) => Task.Delay(Timeout.Infinite, token);
        var running = await worker.SubmitAsync(worker.Job("running.txt"));
        await worker.Model.FirstCall;
        // A body that is announced and never comes: the web server waits for it before anything else is stopped.
        using var slow = new TcpClient();
        await slow.ConnectAsync(worker.Client.BaseAddress!.Host, worker.Client.BaseAddress.Port, Cancellation);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
                    + "Expect: 100-continue\r\n\r\n"),
            Cancellation);
        Assert.NotEqual(0, await slow.GetStream().ReadAsync(new byte[100], Cancellation));

        var stopping = worker.StopAsync();
        var late = await worker.SubmitAsync(worker.Job("late.txt"));
        await worker.Ledger.Queue.CancelAsync(running, "ada", Cancellation);
        // Heartbeats go on: one finds the cancellation, long after the late job could have been claimed.
        await TestWorker.WaitAsync(() => worker.Model.Cancelled == 1);

        Assert.False(stopping.IsCompleted);
        Assert.Equal(JobState.Accepted, (await worker.Ledger.Reading.GetJobAsync(late, Cancellation))!.Job.State);
        slow.Close();
        await stopping;
    }

    [Fact]
    public async Task Work_that_does_not_end_in_time_is_cancelled_and_given_back_without_counting_the_attempt()
    {
        await using var worker = await TestWorker.StartAsync(_folder, null, null, ("Stages:DrainTimeout", "00:00:00.3"));
        worker.Model.BeforeAnswer = (_, token) => Task.Delay(Timeout.Infinite, token);
        var jobs = new List<Guid>();
        for (var number = 0; number < 3; number++) jobs.Add(await worker.SubmitAsync(worker.Job($"{number}.txt")));
        await TestWorker.WaitAsync(() => worker.Model.Calls == 3);

        await worker.StopAsync();

        Assert.Equal(3, worker.Model.Cancelled);
        foreach (var job in jobs)
        {
            var segment = Assert.Single((await worker.Ledger.Reading.GetJobAsync(job, Cancellation))!.Segments);
            Assert.Equal((SegmentState.Ready, 0, 0), (segment.State, segment.Attempts, segment.Crashes));
        }

        Assert.Equal(3, (await worker.Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 10, TimeSpan.FromMinutes(1), Cancellation)).Count);
    }

    [Fact]
    public async Task Work_that_does_not_notice_its_cancellation_is_given_back_and_its_late_result_discarded()
    {
        var late = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync(_folder, null, null, ("Stages:DrainTimeout", "00:00:00"));
        worker.Model.BeforeAnswer = (_, _) => late.Task;
        var job = await worker.SubmitAsync(worker.Job("deaf.txt"));
        await worker.Model.FirstCall;

        await worker.StopAsync();
        var claim = Assert.Single(await worker.Ledger.Queue.ClaimSegmentsAsync(Guid.NewGuid(), 10, TimeSpan.FromMinutes(1), Cancellation));
        late.SetResult();

        Assert.Equal(1, claim.Attempt);
        Assert.Equal(JobState.Analysing, (await worker.Ledger.Reading.GetJobAsync(job, Cancellation))!.Job.State);
    }

    [Fact]
    public async Task The_next_worker_goes_on_where_the_last_one_stopped()
    {
        var jobs = new List<Guid>();
        await using (var first = await TestWorker.StartAsync(
            _folder, null, null, ("Stages:DrainTimeout", "00:00:00"), ("Stages:AnalyseConcurrency", "2")))
        {
            first.Model.BeforeAnswer = (call, token) => call.Number <= 2 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, token);
            for (var number = 0; number < 5; number++) jobs.Add(await first.SubmitAsync(first.Job($"{number}.txt")));
            await TestWorker.WaitAsync(() => first.Model.Calls == 4);
        }

        await using var second = await TestWorker.StartAsync(_folder, null, null);
        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await second.WaitForEndAsync(job)).State);

        Assert.Equal(3, second.Model.Calls);
    }
}
