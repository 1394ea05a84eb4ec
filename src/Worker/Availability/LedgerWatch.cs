using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Worker.Availability;

/// <summary>
/// Knows whether the ledger can be used: everything of this process that waits for it tells what it meets. It is away from the first fault
/// until nobody waits any more, and both are logged once, whoever noticed.
/// </summary>
internal sealed partial class LedgerWatch(TimeProvider time, ILogger<LedgerWatch> logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<LedgerWait> _waiting = [];
    private TaskCompletionSource _answers = Answering();
    private long? _backAt;
    private LedgerAway? _away;

    /// <summary>Null while the ledger can be used.</summary>
    public LedgerAway? Away
    {
        get
        {
            lock (_lock) return _away;
        }
    }

    /// <summary>Begins to tell. Disposed, it waits no longer.</summary>
    public LedgerWait Enter() => new(this);

    /// <summary>Whether an outage is over for so long that every worker that lives can have said so.</summary>
    public bool HasAnsweredFor(TimeSpan span)
    {
        lock (_lock) return _away is null && (_backAt is not { } back || time.GetElapsedTime(back) >= span);
    }

    /// <summary>Returns when the ledger can be used.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return _answers.Task.WaitAsync(cancellationToken);
    }

    public void Failed(LedgerWait waiter, LedgerUnavailableException fault)
    {
        lock (_lock)
        {
            _waiting.Add(waiter);
            var begins = _away is null;
            _away = new(fault.Code, fault.Message, _away?.Since ?? time.GetUtcNow());
            if (!begins) return;

            _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Log.Begins(logger, fault.Message);
        }
    }

    public void Answered(LedgerWait waiter)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(waiter) || _waiting.Count > 0) return;

            Log.Ends(logger, time.GetUtcNow() - _away!.Since);
            _away = null;
            _backAt = time.GetTimestamp();
            _answers.SetResult();
        }
    }

    private static TaskCompletionSource Answering()
    {
        var answering = new TaskCompletionSource();
        answering.SetResult();
        return answering;
    }

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Warning, "{Reason} Results, plans and messages are kept until it can be used again.")]
        public static partial void Begins(ILogger logger, string reason);

        [LoggerMessage(301, LogLevel.Information, "The ledger can be used again, after {Outage}.")]
        public static partial void Ends(ILogger logger, TimeSpan outage);
    }
}
