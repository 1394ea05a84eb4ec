using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Analyses ready segments, as many at once as keep the engine full; while the engine is away, one now and then.</summary>
internal sealed partial class AnalyseLoop(QueueLedger queue, AnalysisPipeline pipeline, EngineCapacity capacity, StageContext context, ILogger<AnalyseLoop> logger)
    : StageLoop<SegmentClaim, SegmentOutcome>(context, "Analyse", capacity.SegmentsAtOnce(context.Options.Value.AnalyseConcurrency), context.Signals.Segments, logger)
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(30);

    /// <summary>So many failures in a row are no chance, and few enough to be seen soon.</summary>
    private const int MostFailures = 8;

    private readonly EngineBreaker _breaker = new(Math.Min(MostFailures, capacity.SegmentsAtOnce(context.Options.Value.AnalyseConcurrency)), context.Time);

    protected override Task<int> WaitForPlacesAsync(int free, CancellationToken stopClaiming) => _breaker.WaitAsync(free, stopClaiming);

    protected override Task<IReadOnlyList<SegmentClaim>> ClaimAsync(int count, CancellationToken cancellationToken) =>
        queue.ClaimSegmentsAsync(Context.Worker.Id, count, Context.Options.Value.LeaseDuration, cancellationToken);

    protected override HeldLease Hold(SegmentClaim claim, long askedAt) => Context.Leases.Hold(claim.Lease, isJob: false, askedAt);

    protected override Guid JobOf(SegmentClaim claim) => claim.Job.JobId;

    protected override bool IsSuspect(SegmentClaim claim) => claim.Crashes > 0;

    protected override async Task<SegmentOutcome> WorkAsync(SegmentClaim claim, CancellationToken cancellationToken)
    {
        var isProbe = _breaker.Begin();
        try
        {
            var outcome = await pipeline.AnalyseAsync(claim.Job, cancellationToken);
            Tell(outcome, isProbe);
            return outcome;
        }
        catch
        {
            _breaker.NotAsked(isProbe);
            throw;
        }
    }

    protected override async Task<bool> RecordAsync(SegmentClaim claim, SegmentOutcome outcome, CancellationToken cancellationToken)
    {
        var stored = await queue.RecordSegmentAsync(claim, outcome, cancellationToken);
        if (stored) Measure(outcome);
        Context.Signals.Events.Set();
        return stored;
    }

    protected override Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        queue.ReleaseSegmentsAsync(leases, cancellationToken);

    protected override SegmentOutcome Faulted(Exception exception) =>
        new SegmentOutcome.Deferred(PauseAfterFault, $"The analysis failed by a fault of this program: {exception.GetType().Name}: {exception.Message}");

    protected override SegmentOutcome Refused(Exception exception) =>
        new SegmentOutcome.Rejected(RejectionReason.InternalError, $"The insight could not be stored: {exception.GetBaseException().Message}");

    private void Tell(SegmentOutcome outcome, bool isProbe)
    {
        var wasOpen = _breaker.IsOpen;
        switch (outcome)
        {
            case SegmentOutcome.Deferred { Scope: FaultScope.Engine or FaultScope.Request } refused:
                _breaker.Failed(isProbe, refused.Delay);
                if (!wasOpen && _breaker.IsOpen) Log.EngineAway(logger, refused.Detail);
                break;
            // An engine that breaks off at one segment has answered another.
            case SegmentOutcome.Deferred { BreaksEngine: true }:
            case SegmentOutcome.Completed:
            case SegmentOutcome.Rejected { Reason: RejectionReason.InvalidAnswer or RejectionReason.ModelRefused or RejectionReason.PromptTooLong }:
                _breaker.Answered(isProbe);
                if (wasOpen) Log.EngineIsBack(logger);
                break;
            default:
                _breaker.NotAsked(isProbe);
                break;
        }
    }

    private void Measure(SegmentOutcome outcome)
    {
        switch (outcome)
        {
            case SegmentOutcome.Completed completed:
                Context.Metrics.SegmentStored(completed.Usage);
                break;
            case SegmentOutcome.Rejected { Usage: { } spent }:
                Context.Metrics.TokensSpent(spent);
                break;
            case SegmentOutcome.Deferred { Usage: { } spent }:
                Context.Metrics.TokensSpent(spent);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(150, LogLevel.Warning, "Analyse pauses: the engine answers nothing, and one segment at a time asks whether it does again. {Detail}")]
        public static partial void EngineAway(ILogger logger, string detail);

        [LoggerMessage(151, LogLevel.Information, "Analyse goes on: the engine answers again.")]
        public static partial void EngineIsBack(ILogger logger);
    }
}
