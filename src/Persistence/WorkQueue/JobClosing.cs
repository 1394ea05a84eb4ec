using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Outbox;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>What the end of segments means for their job: its synthesis becomes ready, or it ends. The caller has locked the job.</summary>
internal static class JobClosing
{
    public static Task SettleAsync(LedgerTransaction transaction, JobRow job, CancellationToken cancellationToken) =>
        SettleAsync(transaction, [job], cancellationToken);

    /// <summary>The same for many jobs, with as many statements as for one.</summary>
    public static async Task SettleAsync(
        LedgerTransaction transaction, IReadOnlyCollection<JobRow> jobs, CancellationToken cancellationToken)
    {
        var last = jobs.Where(job => job.Open <= 1).ToList();
        var several = last.Where(job => job.Planned > 1).Select(job => job.Id).ToList();
        // What is asked of the database now must be there. Of a job that is completed, its only segment is known.
        if (several.Count > 0 || last.Exists(job => job.Done == 0)) await transaction.SaveAsync(cancellationToken);
        if (last.Exists(job => job.Open == 1)) await BeginSynthesesAsync(transaction, last, cancellationToken);

        var closed = last.Where(job => job.Open == 0).ToList();
        if (closed.Count == 0) return;
        var withGaps = transaction.Segments.Where(segment => segment.HasGaps).Select(segment => segment.JobId).ToHashSet();
        if (several.Count > 0)
        {
            withGaps.UnionWith(await transaction.Db.Segments.Where(segment => several.Contains(segment.JobId) && segment.HasGaps)
                .Select(segment => segment.JobId)
                .ToListAsync(cancellationToken));
        }

        var followers = await FollowersAsync(transaction, closed, cancellationToken);
        foreach (var job in closed)
            End(transaction, job, await StateOfAsync(transaction, job, withGaps.Contains(job.Id), cancellationToken), followers);
    }

    /// <summary>Ends a job and says so to everyone who asked for it.</summary>
    public static async Task EndAsync(LedgerTransaction transaction, JobRow job, JobState state, CancellationToken cancellationToken) =>
        End(transaction, job, state, await FollowersAsync(transaction, [job], cancellationToken));

    private static void End(LedgerTransaction transaction, JobRow job, JobState state, ILookup<long, FollowerRow> followers)
    {
        job.State = state;
        job.FinishedAt = transaction.Now;
        job.LeaseUntil = null;
        OutboxWriter.Add(transaction, JobEvents.Ended(job));
        foreach (var follower in followers[job.Id])
            OutboxWriter.Add(transaction, JobEvents.Ended(job, follower.SubmittedId, follower.CorrelationId));
    }

    private static async Task<ILookup<long, FollowerRow>> FollowersAsync(
        LedgerTransaction transaction, IReadOnlyList<JobRow> jobs, CancellationToken cancellationToken)
    {
        var ids = jobs.Select(job => job.Id).ToList();
        var followers = await transaction.Db.Followers.AsNoTracking()
            .Where(row => ids.Contains(row.JobId))
            .OrderBy(row => row.Id)
            .ToListAsync(cancellationToken);
        return followers.ToLookup(row => row.JobId);
    }

    private static async Task BeginSynthesesAsync(
        LedgerTransaction transaction, List<JobRow> last, CancellationToken cancellationToken)
    {
        var waiting = last.Where(job => job.Open == 1).ToDictionary(job => job.Id);
        var ids = waiting.Keys.ToList();
        var syntheses = await transaction.ReadAsync(
            transaction.Db.Segments.Where(segment => ids.Contains(segment.JobId) && segment.AwaitsOthers), cancellationToken);
        // A job has one: that there are two is damage, and an exception.
        foreach (var (job, synthesis) in syntheses.ToDictionary(synthesis => waiting[synthesis.JobId]))
            BeginSynthesis(transaction, job, synthesis);
    }

    private static void BeginSynthesis(LedgerTransaction transaction, JobRow job, SegmentRow synthesis)
    {
        if (job.Done > 0)
        {
            synthesis.AwaitsOthers = false;
            synthesis.RunAt = transaction.Now;
            transaction.MakesReady(ReadyWork.Segments);
            return;
        }
        synthesis.End(SegmentState.Cancelled, transaction.Now);
        synthesis.Detail = Wording.NothingToSummarise;
        job.Count(SegmentState.Cancelled, 1);
    }

    /// <summary>How a job has ended. One without any insight gets its reason.</summary>
    private static async Task<JobState> StateOfAsync(
        LedgerTransaction transaction, JobRow job, bool hasGaps, CancellationToken cancellationToken)
    {
        if (job.Done > 0)
            return job.Done == job.Planned && !hasGaps ? JobState.Completed : JobState.CompletedWithGaps;

        var failures = await transaction.Db.Segments
            .Where(
                segment => segment.JobId == job.Id && (segment.State == SegmentState.Failed || segment.State == SegmentState.Quarantined))
            .OrderBy(segment => segment.Number)
            .Select(segment => new { segment.Reason, segment.Detail })
            .ToListAsync(cancellationToken);
        job.Reason = failures.Select(failure => failure.Reason).OfType<RejectionReason>().GroupBy(reason => reason)
            .MaxBy(group => group.Count())?.Key;
        job.Detail = Wording.NoInsight(failures.Count, failures[0].Detail).Storable(ColumnLengths.Detail);
        return job.Failed > 0 ? JobState.Rejected : JobState.Quarantined;
    }
}
