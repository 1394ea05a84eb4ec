using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Stages;

/// <summary>
/// Sends the events that were stored with their results. An event may be sent twice, after a crash between sending and noting it, and is
/// never lost. A bus that is away leaves them in the ledger.
/// </summary>
internal sealed partial class OutboxRelayLoop(
    OutboxLedger outbox,
    LedgerWatch ledger,
    IEventPublisher publisher,
    WorkSignals signals,
    WorkerMetrics metrics,
    IOptions<StageOptions> options,
    TimeProvider time,
    ILogger<OutboxRelayLoop> logger)
{
    private const int EventsAtOnce = 200;

    /// <summary>From one look at the ledger to the next, so that events that come one by one are sent in groups.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan PauseWithoutLedger = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var wait = ledger.Enter();
        var backOff = new BackOff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));
        while (true)
        {
            var pause = options.Value.PollInterval;
            var startedAt = time.GetTimestamp();
            try
            {
                await PublishWaitingAsync(cancellationToken);
                wait.Answered();
                if (backOff.Failures > 0) Log.RelayIsBack(logger);
                backOff.Reset();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (LedgerUnavailableException fault)
            {
                wait.Failed(fault);
                pause = PauseWithoutLedger;
            }
            catch (Exception exception)
            {
                // The ledger gave the events, or nobody would have failed to publish them.
                wait.Answered();
                pause = backOff.Next();
                if (backOff.Failures == 1) Log.RelayPauses(logger, exception);
            }

            await signals.Events.WaitAsync(pause, cancellationToken);
            var left = Window - time.GetElapsedTime(startedAt);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
        }
    }

    /// <summary>Publishes until no event is left.</summary>
    public async Task PublishWaitingAsync(CancellationToken cancellationToken)
    {
        while (await outbox.RelayAsync(PublishAsync, EventsAtOnce, options.Value.LeaseDuration, cancellationToken) == EventsAtOnce)
        {
        }
    }

    private async Task PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        await metrics.StageAsync("Publish", async () =>
        {
            await publisher.PublishAsync(message.Event, message.MessageId, cancellationToken);
            return true;
        });
        Failpoint.Reach(Failpoint.AfterPublish);
        metrics.EventPublished();
    }

    private static partial class Log
    {
        [LoggerMessage(140, LogLevel.Warning, "Events are not published for now and wait in the ledger.")]
        public static partial void RelayPauses(ILogger logger, Exception exception);

        [LoggerMessage(141, LogLevel.Information, "Events are published again.")]
        public static partial void RelayIsBack(ILogger logger);
    }
}
