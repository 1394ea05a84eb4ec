using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Searching;

/// <summary>The newest reviews of insights: what they are shown and found as.</summary>
internal static class NewestReviews
{
    /// <returns>By the insight; those that nobody reviewed are left out.</returns>
    public static Task<Dictionary<long, ReviewRow>> OfAsync(
        LedgerDbContext db, IReadOnlyCollection<long> insights, CancellationToken cancellationToken) =>
        db.Reviews.AsNoTracking()
            .Where(row => insights.Contains(row.InsightId)
                && !db.Reviews.Any(newer => newer.InsightId == row.InsightId && newer.Revision > row.Revision))
            .ToDictionaryAsync(row => row.InsightId, cancellationToken);
}
