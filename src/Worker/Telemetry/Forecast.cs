namespace Qwen35Batch.Worker.Telemetry;

/// <summary>How long work will still take, when it goes on as it did in the last minutes. Asked again and again while it does.</summary>
/// <param name="time">The clock.</param>
/// <param name="startedAt">When the work began, or was first looked at.</param>
/// <param name="endedAtStart">How much had ended then: that took no time of this work.</param>
internal sealed class Forecast(TimeProvider time, DateTimeOffset startedAt, long endedAtStart)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Over a shorter time, what was seen says less than the whole.</summary>
    private static readonly TimeSpan ShortestSeen = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Earliest = TimeSpan.FromSeconds(2);

    private readonly Queue<(long At, long Ended)> _seen = new();

    /// <param name="ended">How much has ended.</param>
    /// <param name="open">How much has not.</param>
    /// <returns>Null while too little is known, and when nothing is left.</returns>
    public TimeSpan? Left(long ended, double open)
    {
        if (open <= 0) return null;
        // A retry opens again what had ended: what was seen before says nothing of the rate.
        if (_seen.Count > 0 && _seen.Last().Ended > ended) _seen.Clear();
        while (_seen.Count > 1 && time.GetElapsedTime(_seen.Peek().At) > Window) _seen.Dequeue();
        if (_seen.Count == 0 || _seen.Last().Ended != ended) _seen.Enqueue((time.GetTimestamp(), ended));

        var (at, before) = _seen.Peek();
        var span = time.GetElapsedTime(at);
        if (span < ShortestSeen) (span, before) = (time.GetUtcNow() - startedAt, endedAtStart);
        return ended <= before || span < Earliest ? null : span * (open / (ended - before));
    }
}
