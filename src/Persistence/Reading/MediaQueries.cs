using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Media items, by their content.</summary>
internal static class MediaQueries
{
    /// <summary>What media with this hash are, by the newest job that names it; null when none does.</summary>
    public static async Task<MediaDescription?> GetAsync(LedgerDbContext db, string sha256, CancellationToken cancellationToken)
    {
        var media = await db.Jobs.Where(job => job.MediaSha256 == sha256 && job.Media != null)
            .OrderByDescending(job => job.Id)
            .Select(job => job.Media)
            .FirstOrDefaultAsync(cancellationToken);
        return media is null ? null : LedgerJson.Read<MediaDescription>(media);
    }

    public static async Task<IReadOnlyList<string>> ListUnusedAsync(
        LedgerDbContext db, JobFilter filter, DateTimeOffset before, string after, int count, CancellationToken cancellationToken)
    {
        var limit = before.ToUniversalTime();
        return await db.Jobs.Matching(filter, db)
            // What came out of an archive cannot be copied again by itself.
            .Where(job => job.ArchiveId == null && job.MediaSha256 != null && string.Compare(job.MediaSha256, after) > 0)
            .Where(job => !db.Jobs.Any(
                other => other.MediaSha256 == job.MediaSha256
                    && (other.FinishedAt == null
                        || other.FinishedAt >= limit
                        || other.ArchiveId != null
                        // Whoever reviews looks at the media.
                        || db.Reviews.Any(review => review.At >= limit
                            && db.Insights.Any(insight => insight.Id == review.InsightId && insight.JobId == other.Id)))))
            .Select(job => job.MediaSha256!)
            .Distinct()
            .Order()
            .Take(count)
            .ToListAsync(cancellationToken);
    }
}
