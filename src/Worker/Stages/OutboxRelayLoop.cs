using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
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

    /// <summary>So few do not come in numbers: who waits for them waits less.</summary>
    private const int Few = 4;

    /// <summary>From one look at the ledger to the next, so that events that come one by one are sent in groups.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WindowOfFew = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PauseWithoutLedger = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var wait = ledger.Enter();
        var backOff = new BackOff(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));
        while (true)
        {
            var pause = options.Value.PollInterval;
            var startedAt = time.GetTimestamp();
            var published = 0;
            try
            {
                published = await PublishWaitingAsync(cancellationToken);
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
            var left = (published > Few ? Window : WindowOfFew) - time.GetElapsedTime(startedAt);
            if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
        }
    }

    /// <summary>Publishes until no event is left.</summary>
    /// <returns>How many were published.</returns>
    public async Task<int> PublishWaitingAsync(CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            var some = await outbox.RelayAsync(PublishAsync, EventsAtOnce, options.Value.LeaseDuration, cancellationToken);
            all += some;
            if (some < EventsAtOnce) return all;
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
        Tell(message.Event);
    }

    /// <summary>Every job's end is one line: it is told once, with the event.</summary>
    private void Tell(object told)
    {
        switch (told)
        {
            case JobCompleted { DuplicateOf: null } done:
                Log.JobCompleted(logger, done.JobId, Spelling.Of(done.State), done.Done, done.Planned, done.Usage.OutputTokens);
                break;
            case JobRejected { DuplicateOf: null } ended:
                var reason = ended.Reason is { } why ? Spelling.Of(why) : Spelling.Of(ended.State);
                Log.JobEnded(logger, ended.JobId, Spelling.Of(ended.State), reason, ended.Detail ?? "");
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(142, LogLevel.Information, "Job {Job} ended: {State}; {Done} of {Planned} segments, {Tokens} tokens generated.")]
        public static partial void JobCompleted(ILogger logger, Guid job, string state, int done, int planned, int tokens);

        [LoggerMessage(143, LogLevel.Information, "Job {Job} ended: {State} ({Reason}). {Detail}")]
        public static partial void JobEnded(ILogger logger, Guid job, string state, string reason, string detail);

        [LoggerMessage(140, LogLevel.Warning, "Events are not published for now and wait in the ledger.")]
        public static partial void RelayPauses(ILogger logger, Exception exception);

        [LoggerMessage(141, LogLevel.Information, "Events are published again.")]
        public static partial void RelayIsBack(ILogger logger);
    }
}
