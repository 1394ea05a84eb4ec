using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// The places of a stage: each row that is worked on has one. What waits to be stored has none, and keeps none from the work.
/// </summary>
/// <param name="concurrency">Rows worked on at once.</param>
/// <param name="time">The clock.</param>
internal sealed class StagePlaces(Func<int> concurrency, TimeProvider time)
{
    /// <summary>So many rows may wait for their outcomes to be stored, beside those that are worked on.</summary>
    private const int MostUnstored = 256;

    private int _busy;
    private int _unstored;

    /// <summary>Set when a place is free.</summary>
    public WakeUp Freed { get; } = new(time);

    public int Free => Math.Min(concurrency() - Volatile.Read(ref _busy), MostUnstored - Volatile.Read(ref _unstored));

    /// <summary>Takes places that are free.</summary>
    /// <param name="wanted">How many, at most.</param>
    /// <returns>How many were taken.</returns>
    public int Take(int wanted)
    {
        while (true)
        {
            var busy = Volatile.Read(ref _busy);
            var taken = Math.Min(Math.Min(wanted, concurrency() - busy), MostUnstored - Volatile.Read(ref _unstored));
            if (taken <= 0) return 0;
            if (Interlocked.CompareExchange(ref _busy, busy + taken, busy) == busy) return taken;
        }
    }

    public void Leave(int count = 1)
    {
        Interlocked.Add(ref _busy, -count);
        Freed.Set();
    }

    /// <summary>The work on a row is done and its outcome waits; followed by <see cref="Stored"/>.</summary>
    public void BeginStoring()
    {
        Interlocked.Increment(ref _unstored);
        Leave();
    }

    public void Stored()
    {
        Interlocked.Decrement(ref _unstored);
        Freed.Set();
    }
}
