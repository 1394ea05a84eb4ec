using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

internal static class JobFilterQuery
{
    public static IQueryable<JobRow> Matching(this IQueryable<JobRow> jobs, JobFilter filter)
    {
        if (filter is { JobIds: { } archives, WithArchived: true })
        {
            var all = jobs;
            jobs = jobs.Where(job => archives.Contains(job.JobId)
                || all.Any(archive => archive.Id == job.ArchiveId && archives.Contains(archive.JobId)));
        }
        else if (filter.JobIds is { } ids)
        {
            jobs = jobs.Where(job => ids.Contains(job.JobId));
        }

        // One state as an equality: with a list, the order of the index is lost.
        if (filter.States?.Count == 1 && filter.States.Single() is var only)
            jobs = jobs.Where(job => job.State == only);
        else if (filter.States is { } states)
            jobs = jobs.Where(job => states.Contains(job.State));
        // Texts as they are stored.
        if (filter.Task?.Storable() is { } task)
            jobs = jobs.Where(job => job.RequestedTask == task || job.TaskName == task);
        if (filter.CorrelationId?.Storable() is { } correlationId)
            jobs = jobs.Where(job => job.CorrelationId == correlationId);
        if (filter.Since?.ToUniversalTime() is { } since)
            jobs = jobs.Where(job => job.CreatedAt >= since);
        if (filter.Until?.ToUniversalTime() is { } until)
            jobs = jobs.Where(job => job.CreatedAt < until);
        if (filter.Below is { } below)
            jobs = jobs.Where(job => job.LowestConfidence < below);
        if (filter.SourceContains?.Storable() is { Length: > 0 } text)
        {
            var pattern = $"%{Escaped(text.ToLowerInvariant())}%";
            // Translated to lower(), which knows no culture.
#pragma warning disable CA1304, CA1311
            jobs = jobs.Where(job => EF.Functions.Like(job.Source.ToLower(), pattern, "!"));
#pragma warning restore CA1304, CA1311
        }
        return jobs;
    }

    /// <summary>The same with the conditions that ask other tables.</summary>
    public static IQueryable<JobRow> Matching(this IQueryable<JobRow> jobs, JobFilter filter, LedgerDbContext db)
    {
        jobs = jobs.Matching(filter);
        if (filter.Corpus?.Storable() is { } corpus)
            jobs = jobs.Where(job => db.CorpusRuns.Any(run => run.Id == job.CorpusRunId && run.Corpus == corpus));
        if (filter.Reason is { } reason)
        {
            jobs = jobs.Where(job => job.Reason == reason
                || (job.Failed > 0 && db.Segments.Any(segment => segment.JobId == job.Id && segment.Reason == reason)));
        }

        return jobs;
    }

    private static string Escaped(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal)
            .Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal);
}
