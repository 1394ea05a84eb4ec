using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Analyses ready segments, as many at once as keep the engine full.</summary>
internal sealed class AnalyseLoop(Ledger ledger, AnalysisPipeline pipeline, EngineCapacity capacity, StageContext context, ILogger<AnalyseLoop> logger)
    : StageLoop<SegmentClaim, SegmentOutcome>(context, "Analyse", capacity.SegmentsAtOnce(context.Options.Value), context.Signals.Segments, logger)
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(30);

    protected override Task<IReadOnlyList<SegmentClaim>> ClaimAsync(int count, CancellationToken cancellationToken) =>
        ledger.ClaimSegmentsAsync(Context.Worker.Id, count, Context.Options.Value.LeaseDuration, cancellationToken);

    protected override HeldLease Hold(SegmentClaim claim, long askedAt) => Context.Leases.Hold(claim.Lease, isJob: false, askedAt);

    protected override Guid JobOf(SegmentClaim claim) => claim.Job.JobId;

    protected override bool IsSuspect(SegmentClaim claim) => claim.Crashes > 0;

    protected override Task<SegmentOutcome> WorkAsync(SegmentClaim claim, CancellationToken cancellationToken) =>
        pipeline.AnalyseAsync(claim.Job, cancellationToken);

    protected override async Task<bool> RecordAsync(SegmentClaim claim, SegmentOutcome outcome, CancellationToken cancellationToken)
    {
        var stored = await ledger.RecordSegmentAsync(claim, outcome, cancellationToken);
        if (stored && outcome is SegmentOutcome.Completed completed) Context.Metrics.SegmentStored(completed.Usage);
        Context.Signals.Events.Set();
        return stored;
    }

    protected override Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        ledger.ReleaseSegmentsAsync(leases, cancellationToken);

    protected override SegmentOutcome Faulted(Exception exception) =>
        new SegmentOutcome.Deferred(PauseAfterFault, $"The analysis failed by a fault of this program: {exception.GetType().Name}: {exception.Message}");

    protected override SegmentOutcome Refused(Exception exception) =>
        new SegmentOutcome.Rejected(RejectionReason.InternalError, $"The insight could not be stored: {exception.GetBaseException().Message}");
}
