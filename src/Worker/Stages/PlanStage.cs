using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Submissions;
using Qwen35Batch.Persistence.WorkQueue;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Signals;

namespace Qwen35Batch.Worker.Stages;

/// <summary>Fetches accepted jobs' media and cuts it into segments.</summary>
internal sealed class PlanStage(
    QueueLedger queue, AnalysisPipeline pipeline, JobIdentifier identifier, TaskVersions versions, StageLoop<SegmentClaim> analyse,
    StageContext context)
    : IStage<JobClaim>
{
    public string Name => "Plan";

    public int Concurrency => context.Options.Value.PlanConcurrency;

    public WakeUp Work => context.Signals.Jobs;

    public bool ClaimsAhead => true;

    public Task<IReadOnlyList<JobClaim>> ClaimAsync(int count, bool othersFirst, CancellationToken cancellationToken) =>
        queue.ClaimJobsAsync(context.Worker.Id, count, context.Options.Value.LeaseDuration, cancellationToken, othersFirst);

    public Task<StageOutcome> WorkAsync(JobClaim claim, Func<Task, Task> aside, CancellationToken cancellationToken) =>
        pipeline.PlanAsync(claim.Job, cancellationToken, aside);

    public async Task<bool> RecordAsync(JobClaim claim, StageOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is StageOutcome.Planned { Task: var task }) await versions.KeepAsync(task, cancellationToken);
        if (outcome is StageOutcome.Planned { Segments.Count: 1, Synthesis: null } whole
            && claim.Crashes == 0
            && analyse.TakeTurn() is not StageTurn.None and var turn)
        {
            return await HandOnAsync(claim, whole, turn);
        }

        var stored = outcome is StageOutcome.Opened opened
            ? await queue.RecordOpenedAsync(claim, opened, await FilesAsync(claim, opened, cancellationToken), cancellationToken)
            : await queue.RecordPlanAsync(claim, outcome, cancellationToken);
        if (outcome is StageOutcome.Opened) context.Signals.Jobs.Set();
        if (outcome is StageOutcome.Planned) context.Signals.Segments.Set();
        else context.Signals.Events.Set();
        return stored;
    }

    /// <summary>Stores a plan of one segment, which is analysed here at once instead of being claimed like others.</summary>
    private async Task<bool> HandOnAsync(JobClaim claim, StageOutcome.Planned plan, StageTurn turn)
    {
        SegmentClaim? next = null;
        try
        {
            // Not cancelled by a shutdown: a claim whose answer is thrown away would hold its row until its lease runs out.
            (var stored, next) = await queue.RecordPlanAndClaimAsync(
                claim, plan, context.Options.Value.LeaseDuration, CancellationToken.None);
            return stored;
        }
        finally
        {
            if (next is null) analyse.GiveUp(turn);
            else analyse.Begin(next, turn);
        }
    }

    // A file of an archive is asked what was asked of the archive.
    private async Task<IReadOnlyList<JobSubmission>> FilesAsync(
        JobClaim claim, StageOutcome.Opened opened, CancellationToken cancellationToken)
    {
        var files = new List<JobSubmission>(opened.Files.Count);
        foreach (var file in opened.Files)
        {
            var job = new SubmitJob
            {
                JobId = Guid.CreateVersion7(),
                Source = file.Source,
                Task = claim.Job.Task,
                Options = claim.Job.Options,
                Priority = claim.Priority,
                CorrelationId = claim.CorrelationId,
            };
            files.Add(new(job, await identifier.IdentifyAsync(job, file.Sha256, cancellationToken)));
        }

        return files;
    }

    public Task ReleaseAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) =>
        queue.ReleaseJobsAsync(leases, cancellationToken);
}
