using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Availability;

/// <summary>
/// Keeps a worker from running its whole backlog against an engine that is away: fetching, cutting and storing anew for nothing. After as many refusals
/// in a row as there are places, one segment at a time asks whether it is back. A few refusals among answers, of an engine that has too much to do,
/// change nothing.
/// </summary>
/// <param name="refusals">So many in a row mean that the engine is away.</param>
/// <param name="time">The clock.</param>
internal sealed class EngineAbsence(int refusals, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly WakeUp _answered = new(time);
    private int _inARow;
    private long _askedAt;
    private TimeSpan _pause;

    public bool IsAway
    {
        get
        {
            lock (_lock) return _inARow >= refusals;
        }
    }

    /// <summary>The engine was away for one segment, which is tried again after a delay.</summary>
    public void Refused(TimeSpan delay)
    {
        lock (_lock)
        {
            _inARow++;
            _askedAt = time.GetTimestamp();
            _pause = delay < LongestPause ? delay : LongestPause;
        }
    }

    public void Answered()
    {
        lock (_lock) _inARow = 0;
        _answered.Set();
    }

    /// <summary>Waits until segments can be worked on.</summary>
    /// <returns>How many: all that there is place for, or the one that asks.</returns>
    public async Task<int> WaitAsync(int places, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan left;
            lock (_lock)
            {
                if (_inARow < refusals) return places;
                left = _pause - time.GetElapsedTime(_askedAt);
                if (left <= TimeSpan.Zero)
                {
                    // The next one waits for this one's answer.
                    _askedAt = time.GetTimestamp();
                    return 1;
                }
            }

            await _answered.WaitAsync(left, cancellationToken);
        }
    }
}
