using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Fetches accepted jobs' media and cuts it into segments.</summary>
internal sealed class PlanStage(QueueLedger queue, AnalysisPipeline pipeline, StageContext context) : IStage<JobClaim>
{
    public string Name => "Plan";

    public int Concurrency => context.Options.Value.PlanConcurrency;

    public WakeUp Work => context.Signals.Jobs;

    public Task<IReadOnlyList<JobClaim>> ClaimAsync(int count, bool othersFirst, CancellationToken cancellationToken) =>
        queue.ClaimJobsAsync(context.Worker.Id, count, context.Options.Value.LeaseDuration, cancellationToken, othersFirst);

    public Task<StageOutcome> WorkAsync(JobClaim claim, CancellationToken cancellationToken) =>
        pipeline.PlanAsync(claim.Job, cancellationToken);

    public async Task<bool> RecordAsync(JobClaim claim, StageOutcome outcome, CancellationToken cancellationToken)
    {
        var stored = await queue.RecordPlanAsync(claim, outcome, cancellationToken);
        context.Signals.Segments.Set();
        context.Signals.Events.Set();
        return stored;
    }

    public Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        queue.ReleaseJobsAsync(leases, cancellationToken);
}
