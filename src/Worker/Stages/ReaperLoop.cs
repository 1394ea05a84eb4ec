using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Takes the rows of workers that have ended or gone silent. One that used this machine's data folder is known to have ended at once, by
/// its lock; of others their silence is all that can be known, and it says nothing before every worker that lives could be heard of after
/// an outage of the ledger.
/// </summary>
internal sealed partial class ReaperLoop(
    QueueLedger queue,
    LedgerWatch ledger,
    WorkerLock locks,
    LeaseKeeper leases,
    IOptions<StageOptions> options,
    WorkSignals signals,
    TimeProvider time,
    ILogger<ReaperLoop> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReapInterval, time);
        do
        {
            await ReapAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task ReapAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FindEndedAsync(cancellationToken);
            var mayJudge = leases.HearsOthers && ledger.HasAnsweredFor(options.Value.LeaseDuration);
            var ended = await queue.ReapAsync(cancellationToken, mayJudge);
            if (ended == 0) return;

            Log.Reaped(logger, ended);
            signals.Jobs.Set();
            signals.Segments.Set();
            signals.Events.Set();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (LedgerUnavailableException)
        {
            // Others wait for it too, and say so.
        }
        catch (Exception exception)
        {
            Log.ReapFailed(logger, exception);
        }
    }

    private async Task FindEndedAsync(CancellationToken cancellationToken)
    {
        _ = locks.Presence();
        foreach (var other in await queue.ListWorkersAsync(cancellationToken))
        {
            // A lock that crosses machines is not to be relied on alone.
            if ((other.IsSilent || other.Presence.Machine == WorkerLock.Machine) && locks.HasEnded(other.Presence))
            {
                await queue.DeclareDeadAsync(other.Presence.Id, cancellationToken);
                locks.Remove(other.Presence.Id);
                Log.Ended(logger, other.Presence.Id);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(120, LogLevel.Warning, "{Count} leases had run out: their workers are gone or stalled.")]
        public static partial void Reaped(ILogger logger, int count);

        [LoggerMessage(122, LogLevel.Warning, "Worker {Worker} ended without giving back what it held.")]
        public static partial void Ended(ILogger logger, Guid worker);

        [LoggerMessage(121, LogLevel.Warning, "Leases that have run out could not be ended; tried again at the next interval.")]
        public static partial void ReapFailed(ILogger logger, Exception exception);
    }
}
