using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Ends leases that have run out, of this worker and of others. Not before every worker that lives could extend its own after an outage of
/// the ledger: nobody's work is to blame for that.
/// </summary>
internal sealed partial class ReaperLoop(
    QueueLedger queue,
    LedgerWatch ledger,
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
        if (!ledger.HasAnsweredFor(options.Value.LeaseDuration)) return;

        try
        {
            var ended = await queue.ReapAsync(cancellationToken);
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

    private static partial class Log
    {
        [LoggerMessage(120, LogLevel.Warning, "{Count} leases had run out: their workers are gone or stalled.")]
        public static partial void Reaped(ILogger logger, int count);

        [LoggerMessage(121, LogLevel.Warning, "Leases that have run out could not be ended; tried again at the next interval.")]
        public static partial void ReapFailed(ILogger logger, Exception exception);
    }
}
