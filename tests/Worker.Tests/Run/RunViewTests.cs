using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Reports;
using Qwen35Batch.Worker.Run;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Run;

public sealed class RunViewTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ledger_that_takes_long_to_look_at_is_looked_at_less_often()
    {
        var answer = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync();
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var job = await worker.SubmitAsync(worker.Job("watched.txt"));
        await worker.Model.FirstCall;
        var clock = new SlowClock();
        var output = new CommandOutput(TextWriter.Null, TextWriter.Null);

        var watching = new RunView(worker.Ledger.Reading, output, clock, worker.Server.Services.GetRequiredService<IEngine>())
            .WatchAsync(new() { JobIds = [job] }, Cancellation);
        await TestWorker.WaitAsync(() => clock.Pauses.Count > 1);
        answer.SetResult();
        await watching;

        Assert.All(clock.Pauses, pause => Assert.Equal(TimeSpan.FromSeconds(20), pause));
    }

    [Fact]
    public async Task What_holds_up_the_work_is_shown()
    {
        var answer = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync();
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var job = await worker.SubmitAsync(worker.Job("watched.txt"));
        await worker.Model.FirstCall;
        Assert.NotNull(await worker.AskLedgerAsync(
            "UPDATE segment SET state = 'Ready', lease_until = NULL, run_at = '2999-01-01 00:00:00', detail = 'No space left on the disk.' "
                + "RETURNING id"));
        await using var error = new StringWriter();
        var output = new CommandOutput(TextWriter.Null, error);
        var clock = new SlowClock();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var watching = new RunView(worker.Ledger.Reading, output, clock, worker.Server.Services.GetRequiredService<IEngine>())
            .WatchAsync(new() { JobIds = [job] }, stop.Token);
        await TestWorker.WaitAsync(() => clock.Pauses.Count > 8);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        answer.SetResult();

        Assert.Contains(", waiting: No space left on the disk.", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_stands_first_with_its_path_and_why()
    {
        await using var worker = await TestWorker.StartAsync();
        var (filter, gone) = await OneDoneAndOneGoneAsync(worker);
        await using var written = new StringWriter();
        await using var error = new StringWriter();

        var code = await SummariseAsync(worker, filter, new(written, error));

        var text = written.ToString();
        Assert.Equal(7, code);
        Assert.StartsWith($"rejected: {gone}: ", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf(gone, StringComparison.Ordinal) < text.IndexOf("done.txt", StringComparison.Ordinal), text);
        Assert.Contains("jobs 2/2", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("jobs 2/2", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_gets_one_object_and_progress_stays_on_the_error_stream()
    {
        await using var worker = await TestWorker.StartAsync();
        var (filter, gone) = await OneDoneAndOneGoneAsync(worker);
        await using var written = new StringWriter();
        await using var error = new StringWriter();

        await SummariseAsync(worker, filter, new(written, error, IsJson: true));

        var report = JsonDocument.Parse(Assert.Single(written.ToString().TrimEnd().Split('\n'))).RootElement;
        Assert.Equal(7, report.GetProperty("exitCode").GetInt32());
        Assert.Equal(1, report.GetProperty("jobs").GetProperty("rejected").GetInt32());
        Assert.Equal(0, report.GetProperty("jobs").GetProperty("completedWithGaps").GetInt32());
        var failed = Assert.Single(report.GetProperty("lacking").EnumerateArray());
        Assert.Equal((gone, "sourceNotFound"), (failed.GetProperty("source").GetString(), failed.GetProperty("reason").GetString()));
        Assert.Contains("jobs 2/2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quiet_run_names_only_what_failed()
    {
        await using var worker = await TestWorker.StartAsync();
        var (filter, gone) = await OneDoneAndOneGoneAsync(worker);
        await using var written = new StringWriter();
        await using var error = new StringWriter();

        await SummariseAsync(worker, filter, new(written, error, IsQuiet: true));

        Assert.Empty(written.ToString());
        Assert.StartsWith($"rejected: {gone}: ", Assert.Single(error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_at_hand_is_shown()
    {
        var answer = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync();
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var job = await worker.SubmitAsync(worker.Job("at-hand.txt"));
        await worker.Model.FirstCall;

        Assert.EndsWith(
            "at-hand.txt", await worker.Ledger.Reading.AtHandAsync(new() { JobIds = [job] }, Cancellation), StringComparison.Ordinal);
        answer.SetResult();
        await worker.WaitForEndAsync(job);

        Assert.Null(await worker.Ledger.Reading.AtHandAsync(new() { JobIds = [job] }, Cancellation));
    }

    private static async Task<(JobFilter Filter, string Gone)> OneDoneAndOneGoneAsync(TestWorker worker)
    {
        var done = await worker.SubmitAsync(worker.Job("done.txt"));
        var gone = worker.Job("gone.txt");
        File.Delete(gone.Source);
        var failed = await worker.SubmitAsync(gone);
        return (new() { JobIds = [failed, done] }, gone.Source);
    }

    private static async Task<int> SummariseAsync(TestWorker worker, JobFilter filter, CommandOutput output)
    {
        var view = new RunView(
            worker.Ledger.Reading, output, TimeProvider.System, worker.Server.Services.GetRequiredService<IEngine>());
        await view.WatchAsync(filter, Cancellation);
        return await view.SummariseAsync(filter, _ => 7, Cancellation);
    }

    /// <summary>A second passes from one look at this clock to the next; its pauses are noted and over at once.</summary>
    private sealed class SlowClock : TimeProvider
    {
        private long _now;

        public ConcurrentBag<TimeSpan> Pauses { get; } = [];

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
