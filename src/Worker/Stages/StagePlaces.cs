using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// The places of a stage: each row that is worked on has one. What waits to be stored has none, and keeps none from the work.
/// </summary>
/// <param name="concurrency">Rows worked on at once.</param>
/// <param name="time">The clock.</param>
internal sealed class StagePlaces(Func<int> concurrency, TimeProvider time)
{
    /// <summary>So many rows may be begun elsewhere and wait for a place.</summary>
    private const int MostTurns = 64;

    /// <summary>So long a row that is begun without a place waits for one, if rows go on as fast as they did.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(100);

    /// <summary>So many rows may wait for their outcomes to be stored, beside those that are worked on.</summary>
    private const int MostUnstored = 256;

    /// <summary>So many rows may wait aside, beside those that are worked on: who waits holds a lease and an open file.</summary>
    private const int MostAside = 64;

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly Queue<TaskCompletionSource> _returning = new();
    private int _busy;
    private int _aside;
    private int _unstored;
    private int _worked;
    private int _turns;
    private int _workedLately;
    private int _workedBefore;
    private long _beganCounting;

    /// <summary>Set when a place is free, or was given to a row that waited for one.</summary>
    public WakeUp Freed { get; } = new(time);

    public int Free
    {
        get
        {
            lock (_lock) return FreeNow;
        }
    }

    /// <summary>Rows that wait for a place.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Rows that were worked on to their end.</summary>
    public int Worked
    {
        get
        {
            lock (_lock) return _worked;
        }
    }

    private int FreeNow => Math.Max(0, Math.Min(concurrency() - _busy, MostUnstored - _unstored));

    /// <summary>Takes places that are free.</summary>
    /// <param name="wanted">How many, at most.</param>
    /// <returns>How many were taken.</returns>
    public int Take(int wanted)
    {
        lock (_lock)
        {
            var taken = Math.Min(wanted, FreeNow);
            _busy += taken;
            return taken;
        }
    }

    /// <summary>
    /// Takes a place or, where rows are short work and there is none, a turn to wait for one: no more of these than rows have ended within
    /// the time that they may wait.
    /// </summary>
    public StageTurn TakeOrWait()
    {
        lock (_lock)
        {
            if (FreeNow > 0)
            {
                _busy++;
                return StageTurn.Place;
            }

            if (_turns + _waiting.Count >= Math.Min(MostTurns, WorkedLately())) return StageTurn.None;
            _turns++;
            return StageTurn.Wait;
        }
    }

    /// <summary>Gives back what <see cref="TakeOrWait"/> gave.</summary>
    public void GiveUp(StageTurn turn)
    {
        if (turn == StageTurn.Place) Leave();
        if (turn != StageTurn.Wait) return;
        lock (_lock) _turns--;
    }

    /// <summary>Waits for a place and takes it: first come, first served.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(entered);
            LetIn();
        }

        await using var _ = cancellationToken.Register(() => entered.TrySetCanceled(cancellationToken));
        await entered.Task;
    }

    /// <summary>
    /// Waits, in the midst of the work on a row, for what needs neither processor nor memory, such as a disk. Its place is another's
    /// meanwhile; it has one again before those that have not begun.
    /// </summary>
    public async Task AsideAsync(Task wait)
    {
        if (wait.IsCompleted || !StepAside())
        {
            await wait;
            return;
        }

        try
        {
            await wait;
        }
        finally
        {
            await ReturnAsync();
        }
    }

    public void Leave(int count = 1)
    {
        lock (_lock)
        {
            _busy -= count;
            LetIn();
        }

        Freed.Set();
    }

    /// <summary>The work on a row is done and its outcome waits; followed by <see cref="Stored"/>.</summary>
    public void BeginStoring()
    {
        lock (_lock)
        {
            _worked++;
            _unstored++;
        }

        Leave();
    }

    public void Stored()
    {
        lock (_lock)
        {
            _unstored--;
            LetIn();
        }

        Freed.Set();
    }

    /// <summary>Rows that were worked on to their end within the last span that is over.</summary>
    private int WorkedLately()
    {
        var elapsed = time.GetElapsedTime(_beganCounting);
        if (elapsed < LongestTurn) return _workedLately;
        _workedLately = elapsed < 2 * LongestTurn ? _worked - _workedBefore : 0;
        (_workedBefore, _beganCounting) = (_worked, time.GetTimestamp());
        return _workedLately;
    }

    private bool StepAside()
    {
        lock (_lock)
        {
            if (_aside == MostAside) return false;
            _aside++;
        }

        Leave();
        return true;
    }

    private Task ReturnAsync()
    {
        var returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _aside--;
            _returning.Enqueue(returned);
            LetIn();
        }

        return returned.Task;
    }

    private void LetIn()
    {
        // Whether what was done waits to be stored is for those that begin.
        while (_returning.Count > 0 && _busy < concurrency())
        {
            _returning.Dequeue().SetResult();
            _busy++;
        }

        while (_waiting.Count > 0 && FreeNow > 0)
        {
            // One that waits no more takes no place.
            if (!_waiting.Dequeue().TrySetResult()) continue;
            _busy++;
        }
    }
}
