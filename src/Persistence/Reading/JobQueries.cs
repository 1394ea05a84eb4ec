using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Jobs, one by one and in lists.</summary>
internal static class JobQueries
{
    public static async Task<JobDetails?> GetAsync(LedgerDbContext db, Guid jobId, CancellationToken cancellationToken)
    {
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.JobId == jobId, cancellationToken);
        if (job is null)
            return null;

        var segments = await db.Segments.AsNoTracking()
            .Where(row => row.JobId == job.Id)
            .OrderBy(row => row.Number)
            .ToListAsync(cancellationToken);
        return new(Summary(job), [.. segments.Select(Summary)]);
    }

    /// <summary>The ids that begin with a part; when none does, those that end with it.</summary>
    public static async Task<IReadOnlyList<Guid>> FindIdsAsync(
        LedgerDbContext db, JobIdPart part, int most, CancellationToken cancellationToken)
    {
        var (first, last, end) = (part.First, part.Last, $"%{part.End}");
        var begin = await db.Jobs.Where(row => row.JobId >= first && row.JobId <= last)
            .OrderBy(row => row.JobId).Select(row => row.JobId).Take(most).ToListAsync(cancellationToken);
        // Nobody types a part by chance: the whole table is looked at only for what is no beginning.
        return begin.Count > 0
            ? begin
            : await db.Jobs.Where(row => EF.Functions.Like(row.JobId.ToString(), end))
                .OrderBy(row => row.Id).Select(row => row.JobId).Take(most).ToListAsync(cancellationToken);
    }

    public static async Task<JobPage> ListAsync(
        LedgerDbContext db, JobFilter filter, int count, long? next, CancellationToken cancellationToken)
    {
        var below = next ?? long.MaxValue;
        var jobs = new List<JobRow>();
        // State by state: an index has the newest of each, however many newer ones are of another.
        foreach (var part in filter.States is { } states ? states.Distinct().Select(state => filter with { States = [state] }) : [filter])
        {
            jobs.AddRange(
                await db.Jobs.AsNoTracking()
                    .Matching(part, db)
                    .Where(row => row.Id < below)
                    .OrderByDescending(row => row.Id)
                    .Take(count)
                    .ToListAsync(cancellationToken));
        }

        List<JobRow> page = [.. jobs.OrderByDescending(row => row.Id).Take(count)];
        return new([.. page.Select(Summary)], page.Count < count ? null : page[^1].Id);
    }

    private static JobSummary Summary(JobRow job) => new()
    {
        JobId = job.JobId,
        DedupeKey = job.DedupeKey,
        Source = job.Source,
        RequestedTask = job.RequestedTask,
        Task = job.TaskName is null ? null : new TaskReference(job.TaskName, job.TaskVersion!),
        MediaKind = job.MediaKind,
        State = job.State,
        Reason = job.Reason,
        Detail = job.Detail,
        Priority = job.Priority,
        CorrelationId = job.CorrelationId,
        CorpusRunId = job.CorpusRunId,
        Segments = new(job.Planned, job.Done, job.Failed, job.Quarantined, job.Cancelled),
        LowestConfidence = job.LowestConfidence,
        Usage = job.Usage,
        CreatedAt = job.CreatedAt,
        PlannedAt = job.PlannedAt,
        FinishedAt = job.FinishedAt,
    };

    private static SegmentSummary Summary(SegmentRow segment) => new()
    {
        Segment = segment.Reference,
        State = segment.State,
        Attempts = segment.Attempt,
        Crashes = segment.CrashCount,
        Reason = segment.Reason,
        Detail = segment.Detail,
        FinishedAt = segment.FinishedAt,
    };
}
