namespace Qwen35Batch.Worker.Tests.Stages;

/// <summary>The system's clock, on which waits of a length and longer never end: what happens all the same was told of.</summary>
internal sealed class ShortTimers(TimeSpan longest) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > longest ? Timeout.InfiniteTimeSpan : dueTime, period);
}
