using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Removal;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Viewing;

namespace Qwen35Batch.Worker.Retention;

/// <summary>
/// Removes whole jobs that have ended: their rows, the files that they made, and the copies of media that no other job has. The files go
/// first: a job whose removal is cut short is found again.
/// </summary>
internal sealed class JobPurge(Ledger ledger, StoredCopies copies, ArtifactStore artifacts)
{
    // What is written or locked by others is not waited for longer than a moment.
    private const int MostAtOnce = 100;
    private const int MostSegmentsAtOnce = 2_000;

    /// <param name="filter">Among which jobs.</param>
    /// <param name="before">Only jobs that ended before, and that nobody has asked for or reviewed since.</param>
    /// <param name="isDry">Whether nothing is removed.</param>
    /// <param name="cancellationToken">Stops it; what was removed stays removed.</param>
    /// <returns>What was removed, or would be.</returns>
    public async Task<PurgedJobs> RemoveAsync(JobFilter filter, DateTimeOffset before, bool isDry, CancellationToken cancellationToken)
    {
        var tally = new Tally();
        var archives = new List<RemovableJob>();
        for (long? after = 0; after is { } from;)
        {
            var part = await ledger.Removal.ListAsync(filter, before, from, cancellationToken);
            archives.AddRange(part.Jobs.Where(job => job.IsArchive));
            foreach (var group in Groups(part.Jobs.Where(job => !job.IsArchive))) await RemoveAsync(group);
            after = part.Next;
        }

        // What came out of them is gone by now; of archives in archives the inner ones are newer.
        foreach (var archive in Enumerable.Reverse(archives)) await RemoveAsync([archive]);
        return new(tally.Jobs, tally.Insights, new(tally.Files, tally.Bytes, tally.Problems));

        async Task RemoveAsync(IReadOnlyList<RemovableJob> group)
        {
            var media = group.Select(job => job.MediaSha256).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            var needed = await ledger.Removal.NeededMediaAsync(filter, before, media, cancellationToken);
            foreach (var sha256 in media.Where(sha256 => !needed.Contains(sha256) && tally.Seen.Add(sha256)))
            {
                if (copies.Length(sha256) is { } length) tally.Remove(isDry ? null : () => copies.Remove(sha256), 1, length);
            }

            foreach (var job in group)
            {
                var files = artifacts.FilesOf(job.JobId);
                if (files.Count > 0)
                    tally.Remove(isDry ? null : () => artifacts.Remove(job.JobId), files.Count, files.Sum(file => file.Length));
            }

            var removed = isDry
                ? new RemovedJobs(group.Count, await ledger.Removal.CountInsightsAsync(group, cancellationToken))
                : await ledger.Removal.RemoveAsync(group, filter, before, cancellationToken);
            tally.Jobs += removed.Jobs;
            tally.Insights += removed.Insights;
        }
    }

    private static IEnumerable<IReadOnlyList<RemovableJob>> Groups(IEnumerable<RemovableJob> jobs)
    {
        var (group, segments) = (new List<RemovableJob>(), 0);
        foreach (var job in jobs)
        {
            if (group.Count > 0 && (group.Count == MostAtOnce || segments + job.Segments > MostSegmentsAtOnce))
            {
                yield return group;
                (group, segments) = ([], 0);
            }

            group.Add(job);
            segments += job.Segments;
        }

        if (group.Count > 0) yield return group;
    }

    private sealed class Tally
    {
        public int Jobs { get; set; }

        public int Insights { get; set; }

        public int Files { get; private set; }

        public long Bytes { get; private set; }

        public List<string> Problems { get; } = [];

        /// <summary>Media of several jobs, counted once.</summary>
        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public void Remove(Action? remove, int files, long bytes)
        {
            try
            {
                remove?.Invoke();
                Files += files;
                Bytes += bytes;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                Problems.Add(problem.Message);
            }
        }
    }
}
