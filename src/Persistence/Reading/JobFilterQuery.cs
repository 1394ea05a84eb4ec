using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

internal static class JobFilterQuery
{
    public static IQueryable<JobRow> Matching(this IQueryable<JobRow> jobs, JobFilter filter)
    {
        if (filter.JobIds is { } ids)
            jobs = jobs.Where(job => ids.Contains(job.JobId));
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

    private static string Escaped(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal)
            .Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal);
}
