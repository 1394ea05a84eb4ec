using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Persistence.Removal;

/// <summary>Which jobs may be removed.</summary>
internal static class RemovableJobs
{
    private const int Part = 1_000;

    public static async Task<RemovablePart> ListAsync(
        LedgerDbContext db, JobFilter filter, DateTimeOffset before, long after, CancellationToken cancellationToken)
    {
        var part = await db.Jobs.Where(job => job.Id > after).OrderBy(job => job.Id).Take(Part)
            .Select(job => new { job.Id, job.CreatedAt })
            .ToListAsync(cancellationToken);
        // In the order in which they came: behind a part that is too young, all are.
        if (part.Count == 0 || part.TrueForAll(job => job.CreatedAt >= before)) return new([], null);

        var last = part[^1].Id;
        var jobs = await Of(db, filter, before)
            .Where(job => job.Id > after && job.Id <= last)
            .OrderBy(job => job.Id)
            .Select(job => new RemovableJob(
                job.Id, job.JobId, job.MediaSha256, job.Planned, db.Jobs.Any(inner => inner.ArchiveId == job.Id)))
            .ToListAsync(cancellationToken);
        return new(jobs, part.Count < Part ? null : last);
    }

    /// <summary>Of some media, those that a job has which stays.</summary>
    public static Task<HashSet<string>> NeededMediaAsync(
        LedgerDbContext db, JobFilter filter, DateTimeOffset before, IReadOnlyCollection<string> media, CancellationToken cancellationToken)
    {
        var removable = Of(db, filter, before);
        return db.Jobs
            .Where(job => media.Contains(job.MediaSha256!) && !removable.Any(other => other.Id == job.Id))
            .Select(job => job.MediaSha256!)
            .ToHashSetAsync(cancellationToken);
    }

    /// <summary>
    /// Those that ended before, that nobody has asked for or reviewed since, and out of which no job came that is younger.
    /// </summary>
    public static IQueryable<JobRow> Of(LedgerDbContext db, JobFilter filter, DateTimeOffset before)
    {
        var limit = before.ToUniversalTime();
        return db.Jobs.AsNoTracking().Matching(filter, db).Where(job => job.FinishedAt < limit
            && !db.Followers.Any(follower => follower.JobId == job.Id && follower.CreatedAt >= limit)
            && !db.Reviews.Any(review => review.At >= limit
                && db.Insights.Any(insight => insight.Id == review.InsightId && insight.JobId == job.Id))
            && !db.Jobs.Any(inner => inner.ArchiveId == job.Id && (inner.FinishedAt == null || inner.FinishedAt >= limit)));
    }
}
