using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Tests.Signals;

public sealed class WakeUpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signal_ends_the_wait_at_once()
    {
        var wakeUp = new WakeUp(new FakeTimeProvider());

        var waiting = wakeUp.WaitAsync(TimeSpan.FromHours(1), Cancellation);
        Assert.False(waiting.IsCompleted);
        wakeUp.Set();

        await waiting;
    }

    [Fact]
    public async Task A_signal_that_nobody_waited_for_is_kept_and_used_up()
    {
        var wakeUp = new WakeUp(new FakeTimeProvider());
        wakeUp.Set();
        wakeUp.Set();

        await wakeUp.WaitAsync(TimeSpan.FromHours(1), Cancellation);

        Assert.False(wakeUp.WaitAsync(TimeSpan.FromHours(1), Cancellation).IsCompleted);
    }

    [Fact]
    public async Task Without_a_signal_the_wait_ends_when_its_time_is_over()
    {
        var time = new FakeTimeProvider();
        var wakeUp = new WakeUp(time);

        var waiting = wakeUp.WaitAsync(TimeSpan.FromSeconds(2), Cancellation);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        await waiting;
    }

    [Fact]
    public async Task A_cancelled_wait_throws()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new WakeUp(new FakeTimeProvider()).WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
