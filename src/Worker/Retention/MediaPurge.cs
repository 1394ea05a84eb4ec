using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Pipeline.Viewing;

namespace Qwen35Batch.Worker.Retention;

/// <summary>Removes the store's copies of media that no job needs.</summary>
internal sealed class MediaPurge(Ledger ledger, StoredCopies copies)
{
    private const int Part = 500;

    /// <param name="filter">Of which jobs.</param>
    /// <param name="before">Only media whose jobs, all of them, ended before, and whose insights nobody has reviewed since.</param>
    /// <param name="isDry">Whether nothing is removed.</param>
    /// <param name="cancellationToken">Stops it; what was removed stays removed.</param>
    /// <returns>What was removed, or would be, and what could not be removed, with the reasons.</returns>
    public async Task<Purged> RemoveAsync(JobFilter filter, DateTimeOffset before, bool isDry, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0, 0L);
        var problems = new List<string>();
        IReadOnlyList<string> part = [""];
        while ((part = await ledger.Reading.ListUnusedMediaAsync(filter, before, part[^1], Part, cancellationToken)).Count > 0)
        {
            foreach (var sha256 in part)
            {
                if (copies.Length(sha256) is not { } length) continue;
                try
                {
                    if (!isDry) copies.Remove(sha256);
                }
                catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
                {
                    problems.Add(problem.Message);
                    continue;
                }

                files++;
                bytes += length;
            }
        }

        return new(files, bytes, problems);
    }
}
