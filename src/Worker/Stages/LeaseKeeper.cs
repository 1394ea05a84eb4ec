using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Tells the ledger that this worker lives, extends every lease with one statement a table, and cancels work whose lease is gone: taken
/// over by another worker, or ended by a cancellation. While the ledger is away nobody can take it, and the work goes on; what another
/// worker has taken meanwhile is found by its fencing token when the ledger is back.
/// </summary>
internal sealed partial class LeaseKeeper(
    QueueLedger queue,
    LedgerWatch ledger,
    WorkerIdentity worker,
    WorkerLock presence,
    IOptions<StageOptions> options,
    WorkSignals signals,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<LeaseKeeper> logger)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<HeldLease, byte> _held = new();
    private readonly StageOptions _options = options.Value;
    private readonly Lock _touch = new();
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _lastBeat;
    private long _inTouchSince;
    private bool _wasCutOff;

    /// <summary>Ends when the ledger has heard of this worker for the first time.</summary>
    public Task Known => _known.Task;

    /// <summary>
    /// Whether the silence of others says that they are gone. Those that were cut off or stopped together with this worker have not been
    /// heard of either: after a gap of its own they are given a whole lease, at its start one heartbeat.
    /// </summary>
    public bool HearsOthers
    {
        get
        {
            lock (_touch)
            {
                var patience = _wasCutOff ? _options.LeaseDuration : _options.HeartbeatInterval;
                return IsInTouch && time.GetElapsedTime(_inTouchSince) >= patience;
            }
        }
    }

    private bool IsInTouch => _lastBeat is { } last && time.GetElapsedTime(last) <= _options.HeartbeatInterval * 2;

    /// <param name="lease">The lease.</param>
    /// <param name="isJob">True for a job's lease, false for a segment's.</param>
    public HeldLease Hold(Lease lease, bool isJob)
    {
        var held = new HeldLease(lease, isJob, gone => _held.TryRemove(gone, out _));
        _held[held] = 0;
        return held;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var wait = ledger.Enter();
        while (true)
        {
            var answered = await BeatAsync(wait, cancellationToken);
            var pause = answered || _options.HeartbeatInterval < RetryPause ? _options.HeartbeatInterval : RetryPause;
            await signals.Leases.WaitAsync(pause, cancellationToken);
        }
    }

    /// <summary>Says that this worker has stopped and holds nothing any more.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await queue.LeaveAsync(worker.Id, cancellationToken);
        presence.Remove(worker.Id);
    }

    /// <returns>False when the ledger could not be reached.</returns>
    private async Task<bool> BeatAsync(LedgerWait wait, CancellationToken cancellationToken)
    {
        var held = _held.Keys.ToList();
        // A call that hangs is asked again, on another connection.
        using var deadline = new CancellationTokenSource(_options.HeartbeatInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var taken = await queue.BeatAsync(presence.Presence(), _options.LeaseDuration, either.Token);
            if (taken > 0) Log.WasSilent(logger, taken);
            await ExtendAsync(held.Where(lease => lease.IsJob).ToList(), queue.ExtendJobLeasesAsync, either.Token);
            await ExtendAsync(held.Where(lease => !lease.IsJob).ToList(), queue.ExtendSegmentLeasesAsync, either.Token);
            wait.Answered();
            Touch();
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (LedgerUnavailableException fault)
        {
            Break();
            wait.Failed(fault);
            return false;
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            Break();
            wait.Failed(new(null, $"the database has not answered for {_options.HeartbeatInterval}.", null));
            return false;
        }
        catch (Exception exception)
        {
            Break();
            Log.HeartbeatFailed(logger, held.Count, exception);
            return false;
        }
    }

    private void Touch()
    {
        lock (_touch)
        {
            var now = time.GetTimestamp();
            if (!IsInTouch) (_inTouchSince, _wasCutOff) = (now, _known.Task.IsCompleted);
            _lastBeat = now;
            _known.TrySetResult();
        }
    }

    private void Break()
    {
        lock (_touch) _lastBeat = null;
    }

    private async Task ExtendAsync(
        List<HeldLease> held,
        Func<IReadOnlyList<Lease>, TimeSpan, CancellationToken, Task<IReadOnlyList<Lease>>> extend,
        CancellationToken cancellationToken)
    {
        if (held.Count == 0) return;

        var lost = (await extend(held.ConvertAll(lease => lease.Lease), _options.LeaseDuration, cancellationToken)).ToHashSet();
        foreach (var lease in held.Where(lease => lost.Contains(lease.Lease))) Lose(lease);
    }

    private void Lose(HeldLease lease)
    {
        // Work that ended while the heartbeat was under way has lost nothing.
        if (!_held.ContainsKey(lease)) return;

        Log.LeaseLost(logger, lease.IsJob ? "job" : "segment", lease.Lease.RowId);
        metrics.LeaseLost();
        lease.Lose();
    }

    private static partial class Log
    {
        [LoggerMessage(
            100,
            LogLevel.Warning,
            "The lease of {Kind} {Row} is gone (cancelled, or taken over by another worker): its work is stopped and discarded.")]
        public static partial void LeaseLost(ILogger logger, string kind, long row);

        [LoggerMessage(101, LogLevel.Warning, "The leases of {Count} rows could not be extended, by a fault of this program; tried again.")]
        public static partial void HeartbeatFailed(ILogger logger, int count, Exception exception);

        [LoggerMessage(
            102,
            LogLevel.Warning,
            "This worker was not heard of for longer than its leases ran: {Count} rows were taken from it. None is charged with a crash.")]
        public static partial void WasSilent(ILogger logger, int count);
    }
}
