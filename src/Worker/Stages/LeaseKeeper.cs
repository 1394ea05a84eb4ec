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
/// Extends every lease of this worker with one statement a table, and cancels work whose lease is gone: taken by the reaper, or ended by a
/// cancellation. While the ledger is away nobody can take it, and the work goes on; what another worker has taken meanwhile is found by
/// its fencing token when the ledger is back.
/// </summary>
internal sealed partial class LeaseKeeper(
    QueueLedger queue,
    LedgerWatch ledger,
    IOptions<StageOptions> options,
    WorkSignals signals,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<LeaseKeeper> logger)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<HeldLease, byte> _held = new();
    private readonly StageOptions _options = options.Value;

    /// <param name="lease">The lease.</param>
    /// <param name="isJob">True for a job's lease, false for a segment's.</param>
    /// <param name="askedAt">The clock's timestamp from before the claim was sent: our reckoning may end early, never late.</param>
    public HeldLease Hold(Lease lease, bool isJob, long askedAt)
    {
        var held = new HeldLease(lease, isJob, askedAt, gone => _held.TryRemove(gone, out _));
        _held[held] = 0;
        return held;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var wait = ledger.Enter();
        var pause = _options.HeartbeatInterval;
        while (true)
        {
            await signals.Leases.WaitAsync(pause, cancellationToken);
            pause = await BeatAsync(wait, cancellationToken) || _options.HeartbeatInterval < RetryPause
                ? _options.HeartbeatInterval
                : RetryPause;
        }
    }

    /// <returns>False when the ledger could not be reached.</returns>
    private async Task<bool> BeatAsync(LedgerWait wait, CancellationToken cancellationToken)
    {
        var held = _held.Keys.ToList();
        if (held.Count == 0)
        {
            wait.Answered();
            return true;
        }

        // A call that hangs is one that is asked again.
        using var deadline = new CancellationTokenSource(_options.HeartbeatInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await ExtendAsync(held.Where(lease => lease.IsJob).ToList(), queue.ExtendJobLeasesAsync, either.Token);
            await ExtendAsync(held.Where(lease => !lease.IsJob).ToList(), queue.ExtendSegmentLeasesAsync, either.Token);
            wait.Answered();
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (LedgerUnavailableException fault)
        {
            wait.Failed(fault);
            return false;
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            wait.Failed(new(null, $"the database has not answered for {_options.HeartbeatInterval}.", null));
            return false;
        }
        catch (Exception exception)
        {
            Log.HeartbeatFailed(logger, held.Count, exception);
            return false;
        }
    }

    private async Task ExtendAsync(
        List<HeldLease> held,
        Func<IReadOnlyList<Lease>, TimeSpan, CancellationToken, Task<IReadOnlyList<Lease>>> extend,
        CancellationToken cancellationToken)
    {
        if (held.Count == 0) return;

        var askedAt = time.GetTimestamp();
        var lost = (await extend(held.ConvertAll(lease => lease.Lease), _options.LeaseDuration, cancellationToken)).ToHashSet();
        foreach (var lease in held)
        {
            if (lost.Contains(lease.Lease)) Lose(lease);
            else lease.Renew(askedAt);
        }
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
    }
}
