using Qwen35Batch.Persistence.Corpora;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>Says when runs will be through, from how far they came while pages looked at them.</summary>
internal sealed class RunForecast(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Queue<(long At, long Ended)>> _seen = [];

    /// <param name="run">The run.</param>
    /// <param name="ended">How many of its jobs have ended.</param>
    /// <param name="open">How many have not.</param>
    public DateTimeOffset? Say(CorpusRun run, long ended, long open)
    {
        if (run.EnumeratedAt is null || open == 0) return null;
        lock (_lock)
        {
            if (!_seen.TryGetValue(run.Id, out var seen)) _seen[run.Id] = seen = new();
            // A retry opens jobs again: what was seen before says nothing of the rate.
            if (seen.Count > 0 && seen.Last().Ended > ended) seen.Clear();
            while (seen.Count > 1 && time.GetElapsedTime(seen.Peek().At) > Window) seen.Dequeue();
            if (seen.Count == 0 || seen.Last().Ended != ended) seen.Enqueue((time.GetTimestamp(), ended));

            var (at, before) = seen.Peek();
            var span = time.GetElapsedTime(at);
            // Before there is something to compare with, the whole run is the measure.
            if (span < Shortest) (span, before) = (time.GetUtcNow() - run.StartedAt, 0);
            return ended <= before || span <= TimeSpan.Zero ? null : time.GetUtcNow() + (span * ((double)open / (ended - before)));
        }
    }
}
