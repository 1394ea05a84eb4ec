using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Opens a job again for what it lacks.</summary>
internal static class Retrying
{
    /// <param name="transaction">The transaction.</param>
    /// <param name="jobId">The job.</param>
    /// <param name="states">Segments in one of these states.</param>
    /// <param name="reason">Only those that failed for this reason; null for all.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The number of segments, or 1 for a job that had none.</returns>
    public static async Task<int> RetryAsync(
        LedgerTransaction transaction, Guid jobId, IReadOnlyList<SegmentState> states, RejectionReason? reason, string actor,
        CancellationToken cancellationToken)
    {
        var job = await transaction.LockJobAsync(jobId, cancellationToken);
        // Who retries failures at large does not undo what somebody has cancelled.
        if (job is null || (job.State == JobState.Cancelled && !states.Contains(SegmentState.Cancelled)))
            return 0;

        var retried = job.Planned == 0
            ? await RetryPlanningAsync(transaction, job, states, reason, cancellationToken)
            : await RetrySegmentsAsync(transaction, job, states, reason, cancellationToken);
        if (retried == 0)
            return 0;
        transaction.MakesReady(job.Planned == 0 ? ReadyWork.Jobs : ReadyWork.Segments);
        Audit.Add(transaction, actor, "retry", jobId, job.Planned == 0 ? "the job" : $"{retried} segments");
        return retried;
    }

    private static async Task<int> RetryPlanningAsync(
        LedgerTransaction transaction, JobRow job, IReadOnlyList<SegmentState> states, RejectionReason? reason,
        CancellationToken cancellationToken)
    {
        var asSegment = job.State switch
        {
            JobState.Rejected => SegmentState.Failed,
            JobState.Quarantined => SegmentState.Quarantined,
            JobState.Cancelled => SegmentState.Cancelled,
            _ => SegmentState.Ready,
        };
        if (!states.Contains(asSegment) || (reason is not null && job.Reason != reason))
            return 0;

        await Crashes.ForgetAsync(transaction, job, cancellationToken);
        job.State = JobState.Accepted;
        job.Renew(transaction.Now);
        return 1;
    }

    private static async Task<int> RetrySegmentsAsync(
        LedgerTransaction transaction, JobRow job, IReadOnlyList<SegmentState> states, RejectionReason? reason,
        CancellationToken cancellationToken)
    {
        var segments = await transaction.Db.Segments.Where(segment => segment.JobId == job.Id).ToListAsync(cancellationToken);
        var chosen = segments.Where(segment => states.Contains(segment.State) && (reason is null || segment.Reason == reason)).ToList();
        // A synthesis without anything to summarise was cancelled by the ledger: it follows the others, and is no reason to begin.
        var counted = chosen.Where(
            segment => segment.Kind != SegmentKind.Synthesis || segment.State != SegmentState.Cancelled || job.State == JobState.Cancelled)
                .ToList();
        if (counted.Count == 0)
            return 0;

        foreach (var segment in counted)
            await Crashes.ForgetAsync(transaction, segment, cancellationToken);
        foreach (var segment in counted)
        {
            await StepRetrying.ReplaceAsync(transaction, segment, cancellationToken);
            Reopen(transaction, job, segment);
        }

        // The summary is of insights that will not be all: made again when the others have ended. What a person has said of it stays, and
        // so does what it was said of.
        foreach (var synthesis in segments.Where(segment => segment.Kind == SegmentKind.Synthesis))
        {
            if (await IsReviewedAsync(transaction, synthesis, cancellationToken)) continue;
            await TakeBackAsync(transaction, job, synthesis, cancellationToken);
            synthesis.AwaitsOthers = true;
        }

        job.State = JobState.Analysing;
        job.Renew(transaction.Now);
        await JobClosing.SettleAsync(transaction, job, cancellationToken);
        return counted.Count;
    }

    private static Task<bool> IsReviewedAsync(
        LedgerTransaction transaction, SegmentRow segment, CancellationToken cancellationToken) =>
        transaction.Db.Reviews.AnyAsync(
            review => transaction.Db.Insights.Any(insight => insight.Id == review.InsightId && insight.SegmentId == segment.Id),
            cancellationToken);

    private static void Reopen(LedgerTransaction transaction, JobRow job, SegmentRow segment)
    {
        job.Count(segment.State, -1);
        segment.Renew(transaction.Now);
    }

    private static async Task TakeBackAsync(
        LedgerTransaction transaction, JobRow job, SegmentRow synthesis, CancellationToken cancellationToken)
    {
        if (synthesis.State == SegmentState.Done)
        {
            var insight = await transaction.Db.Insights.Include(row => row.Usage)
                .SingleAsync(row => row.SegmentId == synthesis.Id, cancellationToken);
            job.Charge(insight.Usage.ToUsage(), -1);
            transaction.Db.Insights.Remove(insight);
        }
        Reopen(transaction, job, synthesis);
    }
}
