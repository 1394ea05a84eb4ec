using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>What has no insight: segments, and jobs that ended before they had any.</summary>
internal static class FailureQueries
{
    public static async Task<IReadOnlyList<LedgerFailure>> ListAsync(
        LedgerDbContext db, JobFilter filter, RejectionReason? reason, int skip, int count, CancellationToken cancellationToken)
    {
        // Two lists, each in the order of its index, instead of one that the database would have to sort whole.
        var segments = await (
            from segment in db.Segments
            join job in db.Jobs.Matching(filter, db) on segment.JobId equals job.Id
            where (segment.State == SegmentState.Failed || segment.State == SegmentState.Quarantined)
                && (reason == null || segment.Reason == reason)
            orderby segment.FinishedAt descending, segment.JobId descending, segment.Number descending
            select new { Id = segment.JobId, segment.Number, segment.FinishedAt }).Take(skip + count).ToListAsync(cancellationToken);
        var jobs = await db.Jobs.Matching(filter, db)
            .Where(
                job =>
                    job.Planned == 0
                        && (job.State == JobState.Rejected || job.State == JobState.Quarantined)
                        && (reason == null || job.Reason == reason))
            .OrderByDescending(job => job.FinishedAt).ThenByDescending(job => job.Id)
            .Select(job => new { job.Id, Number = -1, job.FinishedAt }).Take(skip + count).ToListAsync(cancellationToken);
        var page = segments.Concat(jobs)
            .OrderByDescending(row => row.FinishedAt).ThenByDescending(row => row.Id).ThenByDescending(row => row.Number)
            .Skip(skip).Take(count).ToList();

        var ids = page.Select(row => row.Id).Distinct().ToList();
        var jobRows = await db.Jobs.AsNoTracking().Where(job => ids.Contains(job.Id)).ToDictionaryAsync(job => job.Id, cancellationToken);
        var segmentRows = (await db.Segments.AsNoTracking()
            .Where(
                segment =>
                    ids.Contains(segment.JobId) && (segment.State == SegmentState.Failed || segment.State == SegmentState.Quarantined))
            .ToListAsync(cancellationToken)).ToDictionary(segment => (segment.JobId, segment.Number));
        return [.. page.Select(row => Failure(jobRows[row.Id], segmentRows.GetValueOrDefault((row.Id, row.Number))))];
    }

    /// <summary>What is in quarantine, newest first: by the index of states, for there is little of it.</summary>
    public static async Task<IReadOnlyList<LedgerFailure>> ListQuarantinedAsync(
        LedgerDbContext db, int count, CancellationToken cancellationToken)
    {
        var segments = await (
            from segment in db.Segments.AsNoTracking()
            join job in db.Jobs on segment.JobId equals job.Id
            where segment.State == SegmentState.Quarantined
            orderby segment.FinishedAt descending, segment.Id descending
            select new { job, segment }).Take(count).ToListAsync(cancellationToken);
        var jobs = await db.Jobs.AsNoTracking().Where(job => job.State == JobState.Quarantined && job.Planned == 0)
            .OrderByDescending(job => job.Id).Take(count).ToListAsync(cancellationToken);
        return
        [
            .. segments.Select(row => Failure(row.job, row.segment)).Concat(jobs.Select(job => Failure(job, null)))
                .OrderByDescending(failure => failure.FailedAt).Take(count),
        ];
    }

    /// <summary>The jobs that lack something.</summary>
    public static Task<List<Guid>> JobsAsync(
        LedgerDbContext db, JobFilter filter, RejectionReason? reason, CancellationToken cancellationToken) =>
        db.Jobs.Matching(filter, db)
            .Where(job =>
                (job.Planned == 0
                    && (job.State == JobState.Rejected || job.State == JobState.Quarantined)
                    && (reason == null || job.Reason == reason))
                || (job.Failed + job.Quarantined > 0 && db.Segments.Any(segment => segment.JobId == job.Id
                    && (segment.State == SegmentState.Failed || segment.State == SegmentState.Quarantined)
                    && (reason == null || segment.Reason == reason))))
            .OrderBy(job => job.Id)
            .Select(job => job.JobId)
            .ToListAsync(cancellationToken);

    private static LedgerFailure Failure(JobRow job, SegmentRow? segment)
    {
        ClaimableRow failed = segment is null ? job : segment;
        return new()
        {
            JobId = job.JobId,
            Source = job.Source,
            Task = job.TaskName ?? job.RequestedTask,
            Segment = segment?.Reference,
            Reason = failed.Reason,
            Detail = failed.Detail,
            RawAnswer = segment?.RawAnswer,
            FailedAt = failed.FinishedAt ?? failed.CreatedAt,
        };
    }
}
