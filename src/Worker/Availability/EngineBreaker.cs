using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Availability;

/// <summary>
/// Keeps a worker from running its whole backlog against an engine that answers nothing: fetching, cutting and storing anew for nothing. It
/// opens when the last answers were all failures, however they failed. Then one segment at a time asks whether the engine is back, after
/// waits that grow and are spread, so that many workers do not ask together. The first answer closes it. A few failures among answers, of
/// an engine that has too much to do, change nothing.
/// </summary>
/// <remarks>Not a breaker of a library: those count within a time, and answers take from a second to many minutes.</remarks>
/// <param name="failures">So many in a row open it.</param>
/// <param name="time">The clock.</param>
/// <param name="spread">Gives a number from 0 to 1 for each wait; by default a random one.</param>
internal sealed class EngineBreaker(int failures, TimeProvider time, Func<double>? spread = null)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly WakeUp _changed = new(time);
    private readonly Func<double> _spread = spread ?? Random.Shared.NextDouble;
    private int _inARow;
    private int _probesFailed;
    private long _pausedAt;
    private TimeSpan _pause;
    private Probe _probe;

    private enum Probe
    {
        /// <summary>Nobody asks.</summary>
        None,

        /// <summary>One place was given to whoever asks; nothing may have been found to ask with.</summary>
        Offered,

        /// <summary>One segment asks.</summary>
        Running,
    }

    /// <summary>Whether the engine is taken to answer nothing.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return _inARow >= failures;
        }
    }

    /// <summary>
    /// Begins the work on a segment. Every begin has one <see cref="Failed"/>, <see cref="Answered"/> or <see cref="NotAsked"/>.
    /// </summary>
    /// <returns>True when it is the one that asks.</returns>
    public bool Begin()
    {
        lock (_lock)
        {
            if (_probe != Probe.Offered) return false;
            _probe = Probe.Running;
            return true;
        }
    }

    /// <summary>The engine did not answer a segment, for no reason of the segment's.</summary>
    /// <param name="isProbe">What <see cref="Begin"/> said.</param>
    /// <param name="delay">When the engine wants to be asked again.</param>
    public void Failed(bool isProbe, TimeSpan delay)
    {
        lock (_lock)
        {
            if (_inARow < int.MaxValue) _inARow++;
            if (isProbe)
            {
                _probe = Probe.None;
                _probesFailed++;
            }

            // What was under way when it opened tells nothing new.
            else if (_inARow > failures)
            {
                return;
            }

            _pausedAt = time.GetTimestamp();
            _pause = Pause(delay);
        }

        _changed.Set();
    }

    /// <summary>The engine answered, whatever it said.</summary>
    /// <param name="isProbe">What <see cref="Begin"/> said.</param>
    public void Answered(bool isProbe)
    {
        lock (_lock)
        {
            _inARow = 0;
            _probesFailed = 0;
            if (isProbe || _probe == Probe.Offered) _probe = Probe.None;
        }

        _changed.Set();
    }

    /// <summary>The segment ended before it came to the engine.</summary>
    /// <param name="isProbe">What <see cref="Begin"/> said.</param>
    public void NotAsked(bool isProbe)
    {
        if (!isProbe) return;
        lock (_lock) _probe = Probe.None;
        _changed.Set();
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
                if (_inARow < failures) return places;
                left = _pause - time.GetElapsedTime(_pausedAt);
                if (_probe == Probe.Offered || (_probe == Probe.None && left <= TimeSpan.Zero))
                {
                    _probe = Probe.Offered;
                    return 1;
                }

                if (_probe == Probe.Running) left = Timeout.InfiniteTimeSpan;
            }

            await _changed.WaitAsync(left, cancellationToken);
        }
    }

    private TimeSpan Pause(TimeSpan delay)
    {
        var grown = ShortestPause * Math.Pow(2, Math.Min(_probesFailed, 10));
        var wanted = delay > grown ? delay : grown;
        return (wanted < LongestPause ? wanted : LongestPause) * (1 + (_spread() / 4));
    }
}
