using Qwen35Batch.Contracts;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>Whatever ends the worker, the next one loses nothing and stores every insight once.</summary>
public sealed class ServerCrashTests
{
    private static readonly string[] Samples = ["shapes.jpg", "invoice.pdf", "order.md"];

    [Theory]
    [InlineData("before-intake-commit")]
    [InlineData("after-intake-commit")]
    [InlineData("after-complete")]
    [InlineData("after-publish")]
    public async Task After_a_crash_at_a_bad_moment_nothing_is_lost_and_every_insight_is_there_once(string failpoint)
    {
        await using var room = await ServerRoom.OpenAsync();
        List<SubmitJob> jobs = [.. Samples.Select(ServerRoom.Submission)];

        await using (var crashing = await room.StartWorkerAsync(failpoint, ServerRoom.ShortLeases))
        {
            await SendAsync(room, jobs);
            Assert.Equal(137, await crashing.ExitCodeAsync());
        }

        await CompleteAsync(room, jobs);
    }

    [Fact]
    public async Task After_a_kill_in_the_middle_of_the_work_nothing_is_lost_and_every_insight_is_there_once()
    {
        await using var room = await ServerRoom.OpenAsync();
        List<SubmitJob> jobs = [.. Samples.Select(ServerRoom.Submission)];

        await using (var killed = await room.StartWorkerAsync(null, ServerRoom.ShortLeases))
        {
            await SendAsync(room, jobs);
            await FirstSegmentAsync(room, killed);
            await killed.SignalAsync("KILL");
            Assert.Equal(137, await killed.ExitCodeAsync());
        }

        await CompleteAsync(room, jobs);
    }

    [Fact]
    public async Task A_termination_signal_ends_the_worker_with_0_and_gives_back_what_it_held()
    {
        await using var room = await ServerRoom.OpenAsync();
        List<SubmitJob> jobs = [.. Samples.Select(ServerRoom.Submission)];

        await using (var stopped = await room.StartWorkerAsync(null))
        {
            await SendAsync(room, jobs);
            await FirstSegmentAsync(room, stopped);
            await stopped.SignalAsync("TERM");
            Assert.True(await stopped.ExitCodeAsync() == 0, stopped.Output);
        }

        await CompleteAsync(room, jobs);
        Assert.Equal(0, await room.QueryAsync<int>("select max(crashes) from segments"));
    }

    private static async Task SendAsync(ServerRoom room, IEnumerable<SubmitJob> jobs)
    {
        foreach (var job in jobs) await room.Broker.SendAsync(job);
    }

    private static Task FirstSegmentAsync(ServerRoom room, ServingWorker worker) =>
        Deadline.UntilAsync(() => Task.FromResult(room.Broker.Events<SegmentCompleted>().Count > 0), () => worker.Output);

    private static async Task CompleteAsync(ServerRoom room, List<SubmitJob> jobs)
    {
        await using var worker = await room.StartWorkerAsync(null, ServerRoom.ShortLeases);
        await room.Broker.CompletedAsync(jobs.ConvertAll(job => job.JobId), () => worker.Output);
        await room.AssertEveryInsightOnceAsync(jobs.Count);
    }
}
