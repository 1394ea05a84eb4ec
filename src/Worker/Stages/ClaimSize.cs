namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// When a stage claims, and how many rows: what the free places take and, where rows are short work, twice as many more as have ended
/// since the last claim. Those wait here for a place while the next claim is under way: a claim costs the same for one row and for many.
/// Where a row takes its time none waits, and other workers can have it.
/// </summary>
internal sealed class ClaimSize(StagePlaces places, bool isAhead, TimeProvider time)
{
    /// <summary>So many rows wait for a place, at most.</summary>
    private const int MostAhead = 128;

    /// <summary>From one claim to the next, unless there is more and half of the places are free.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);

    /// <summary>What ended longer ago says nothing of the rows that come.</summary>
    private static readonly TimeSpan LongestAhead = 4 * Window;

    private long? _lastClaim;
    private bool _isMore;
    private int _worked;

    /// <summary>Rows to claim now, before any wait.</summary>
    public int Wanted => places.Free + Ahead;

    private int Ahead
    {
        get
        {
            if (!isAhead || !_isMore || _lastClaim is not { } last || time.GetElapsedTime(last) > LongestAhead) return 0;
            return Math.Clamp((2 * (places.Worked - _worked)) - places.Waiting, 0, MostAhead);
        }
    }

    /// <summary>How long to wait before the next claim; zero or less to claim now.</summary>
    public TimeSpan WaitBefore(int concurrency) =>
        _lastClaim is not { } last || (_isMore && places.Free * 2 >= concurrency) ? TimeSpan.Zero : Window - time.GetElapsedTime(last);

    /// <summary>A claim begins.</summary>
    public void Begin()
    {
        _lastClaim = time.GetTimestamp();
        _worked = places.Worked;
    }

    /// <param name="isMore">Whether as many were there as were asked for.</param>
    public void End(bool isMore) => _isMore = isMore;
}
