using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Outbox;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>What the end of segments means for their job: its synthesis becomes ready, or it ends. The caller has locked the job.</summary>
internal static class JobClosing
{
    public static async Task SettleAsync(LedgerTransaction transaction, JobRow job, CancellationToken cancellationToken)
    {
        if (job.Open > 1)
            return;

        // What is asked of the database now must be there.
        await transaction.Db.SaveChangesAsync(cancellationToken);
        if (job.Open == 1)
        {
            var synthesis = await transaction.Db.Segments.SingleOrDefaultAsync(
                segment => segment.JobId == job.Id && segment.AwaitsOthers, cancellationToken);
            if (synthesis is not null)
                BeginSynthesis(transaction, job, synthesis);
        }
        if (job.Open == 0)
            await CloseAsync(transaction, job, cancellationToken);
    }

    /// <summary>Ends a job and says so to everyone who asked for it.</summary>
    public static async Task EndAsync(LedgerTransaction transaction, JobRow job, JobState state, CancellationToken cancellationToken)
    {
        job.State = state;
        job.FinishedAt = transaction.Now;
        job.LeaseUntil = null;
        OutboxWriter.Add(transaction, JobEvents.Ended(job));
        foreach (var follower in await transaction.Db.Followers.Where(row => row.JobId == job.Id)
            .OrderBy(row => row.Id)
            .ToListAsync(cancellationToken))
        {
            OutboxWriter.Add(transaction, JobEvents.Ended(job, follower.SubmittedId, follower.CorrelationId));
        }
    }

    private static void BeginSynthesis(LedgerTransaction transaction, JobRow job, SegmentRow synthesis)
    {
        if (job.Done > 0)
        {
            synthesis.AwaitsOthers = false;
            synthesis.RunAt = transaction.Now;
            return;
        }
        synthesis.End(SegmentState.Cancelled, transaction.Now);
        synthesis.Detail = Wording.NothingToSummarise;
        job.Count(SegmentState.Cancelled, 1);
    }

    private static async Task CloseAsync(LedgerTransaction transaction, JobRow job, CancellationToken cancellationToken)
    {
        if (job.Done > 0)
        {
            var isWhole = job.Done == job.Planned
                && !await transaction.Db.Segments.AnyAsync(segment => segment.JobId == job.Id && segment.HasGaps, cancellationToken);
            await EndAsync(transaction, job, isWhole ? JobState.Completed : JobState.CompletedWithGaps, cancellationToken);
            return;
        }

        var failures = await transaction.Db.Segments
            .Where(
                segment => segment.JobId == job.Id && (segment.State == SegmentState.Failed || segment.State == SegmentState.Quarantined))
            .OrderBy(segment => segment.Number)
            .Select(segment => new { segment.Reason, segment.Detail })
            .ToListAsync(cancellationToken);
        job.Reason = failures.Select(failure => failure.Reason).OfType<RejectionReason>().GroupBy(reason => reason)
            .MaxBy(group => group.Count())?.Key;
        job.Detail = Wording.NoInsight(failures.Count, failures[0].Detail).Storable(ColumnLengths.Detail);
        await EndAsync(transaction, job, job.Failed > 0 ? JobState.Rejected : JobState.Quarantined, cancellationToken);
    }
}
