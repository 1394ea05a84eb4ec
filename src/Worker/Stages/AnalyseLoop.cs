using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Analyses ready segments, as many at once as keep the engine full; while the engine is away, one now and then.</summary>
internal sealed partial class AnalyseLoop(QueueLedger queue, AnalysisPipeline pipeline, EngineCapacity capacity, StageContext context, ILogger<AnalyseLoop> logger)
    : StageLoop<SegmentClaim, SegmentOutcome>(context, "Analyse", capacity.SegmentsAtOnce(context.Options.Value), context.Signals.Segments, logger)
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(30);

    private readonly EngineAbsence _absence = new(capacity.SegmentsAtOnce(context.Options.Value), context.Time);

    protected override Task<int> WaitForPlacesAsync(int free, CancellationToken stopClaiming) => _absence.WaitAsync(free, stopClaiming);

    protected override Task<IReadOnlyList<SegmentClaim>> ClaimAsync(int count, CancellationToken cancellationToken) =>
        queue.ClaimSegmentsAsync(Context.Worker.Id, count, Context.Options.Value.LeaseDuration, cancellationToken);

    protected override HeldLease Hold(SegmentClaim claim, long askedAt) => Context.Leases.Hold(claim.Lease, isJob: false, askedAt);

    protected override Guid JobOf(SegmentClaim claim) => claim.Job.JobId;

    protected override bool IsSuspect(SegmentClaim claim) => claim.Crashes > 0;

    protected override async Task<SegmentOutcome> WorkAsync(SegmentClaim claim, CancellationToken cancellationToken)
    {
        var outcome = await pipeline.AnalyseAsync(claim.Job, cancellationToken);
        var wasAway = _absence.IsAway;
        if (outcome is SegmentOutcome.Deferred { IsEngineAway: true } refused)
        {
            _absence.Refused(refused.Delay);
            if (!wasAway && _absence.IsAway) Log.EngineAway(logger, refused.Detail);
        }
        else if (outcome is SegmentOutcome.Completed)
        {
            _absence.Answered();
            if (wasAway) Log.EngineIsBack(logger);
        }

        return outcome;
    }

    protected override async Task<bool> RecordAsync(SegmentClaim claim, SegmentOutcome outcome, CancellationToken cancellationToken)
    {
        var stored = await queue.RecordSegmentAsync(claim, outcome, cancellationToken);
        if (stored && outcome is SegmentOutcome.Completed completed) Context.Metrics.SegmentStored(completed.Usage);
        Context.Signals.Events.Set();
        return stored;
    }

    protected override Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        queue.ReleaseSegmentsAsync(leases, cancellationToken);

    protected override SegmentOutcome Faulted(Exception exception) =>
        new SegmentOutcome.Deferred(PauseAfterFault, $"The analysis failed by a fault of this program: {exception.GetType().Name}: {exception.Message}");

    protected override SegmentOutcome Refused(Exception exception) =>
        new SegmentOutcome.Rejected(RejectionReason.InternalError, $"The insight could not be stored: {exception.GetBaseException().Message}");

    private static partial class Log
    {
        [LoggerMessage(150, LogLevel.Warning, "Analyse pauses: the engine is away, and one segment at a time asks whether it is back. {Detail}")]
        public static partial void EngineAway(ILogger logger, string detail);

        [LoggerMessage(151, LogLevel.Information, "Analyse goes on: the engine answers again.")]
        public static partial void EngineIsBack(ILogger logger);
    }
}
