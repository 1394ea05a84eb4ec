using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Run;
using Qwen35Batch.Worker.Tests.Hosting;
using Spectre.Console;

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
        var console = AnsiConsole.Create(
            new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null) });

        var watching = new RunView(worker.Ledger.Reading, console, clock, worker.Server.Services.GetRequiredService<IEngine>())
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
        await using var output = new StringWriter();
        var console = AnsiConsole.Create(
            new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        var clock = new SlowClock();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var watching = new RunView(worker.Ledger.Reading, console, clock, worker.Server.Services.GetRequiredService<IEngine>())
            .WatchAsync(new() { JobIds = [job] }, stop.Token);
        await TestWorker.WaitAsync(() => clock.Pauses.Count > 8);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        answer.SetResult();

        Assert.Contains(", waiting: No space left on the disk.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_stands_first_with_its_path_and_why()
    {
        await using var worker = await TestWorker.StartAsync();
        var done = await worker.SubmitAsync(worker.Job("done.txt"));
        var gone = worker.Job("gone.txt");
        File.Delete(gone.Source);
        var failed = await worker.SubmitAsync(gone);
        await using var output = new StringWriter();
        var console = AnsiConsole.Create(
            new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 400;
        var view = new RunView(
            worker.Ledger.Reading, console, TimeProvider.System, worker.Server.Services.GetRequiredService<IEngine>());
        var filter = new JobFilter { JobIds = [failed, done] };
        await view.WatchAsync(filter, Cancellation);

        await view.SummariseAsync(filter, Cancellation);

        var text = output.ToString();
        Assert.Contains(gone.Source, text, StringComparison.Ordinal);
        Assert.True(text.IndexOf(gone.Source, StringComparison.Ordinal) < text.IndexOf("done.txt", StringComparison.Ordinal), text);
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
