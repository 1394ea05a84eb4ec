using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Fetches accepted jobs' media and cuts it into segments.</summary>
internal sealed class PlanLoop(QueueLedger queue, AnalysisPipeline pipeline, StageContext context, ILogger<PlanLoop> logger)
    : StageLoop<JobClaim, PlanOutcome>(context, "Plan", context.Options.Value.PlanConcurrency, context.Signals.Jobs, logger)
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(30);

    protected override Task<IReadOnlyList<JobClaim>> ClaimAsync(int count, CancellationToken cancellationToken) =>
        queue.ClaimJobsAsync(Context.Worker.Id, count, Context.Options.Value.LeaseDuration, cancellationToken);

    protected override HeldLease Hold(JobClaim claim, long askedAt) => Context.Leases.Hold(claim.Lease, isJob: true, askedAt);

    protected override Guid JobOf(JobClaim claim) => claim.Job.JobId;

    protected override bool IsSuspect(JobClaim claim) => claim.Crashes > 0;

    protected override Task<PlanOutcome> WorkAsync(JobClaim claim, CancellationToken cancellationToken) =>
        pipeline.PlanAsync(claim.Job, cancellationToken);

    protected override async Task<bool> RecordAsync(JobClaim claim, PlanOutcome outcome, CancellationToken cancellationToken)
    {
        var stored = await queue.RecordPlanAsync(claim, outcome, cancellationToken);
        Context.Signals.Segments.Set();
        Context.Signals.Events.Set();
        return stored;
    }

    protected override Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        queue.ReleaseJobsAsync(leases, cancellationToken);

    protected override PlanOutcome Faulted(Exception exception) =>
        new PlanOutcome.Deferred(PauseAfterFault, $"Planning failed by a fault of this program: {exception.GetType().Name}: {exception.Message}");

    protected override PlanOutcome Refused(Exception exception) =>
        new PlanOutcome.Rejected(RejectionReason.InternalError, $"The plan could not be stored: {exception.GetBaseException().Message}");
}
