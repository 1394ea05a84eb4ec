using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Indexing;

/// <summary>
/// The index that insights are found by: as the model wrote them, or as the newest review left them. What is stored now is in it at once;
/// what an earlier version stored is put in later.
/// </summary>
public sealed class SearchIndex
{
    private const int Part = 500;

    private readonly LedgerDatabase _database;

    internal SearchIndex(LedgerDatabase database) => _database = database;

    /// <summary>Puts insights of an earlier version into the index, the newest first.</summary>
    /// <param name="below">Those with a lower number; <see cref="long.MaxValue"/> at the beginning.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>What to ask for next; null when all insights are in the index.</returns>
    public Task<long?> FillAsync(long below, CancellationToken cancellationToken) => _database.WriteAsync(async (transaction, token) =>
    {
        // The oldest is put in last: when it is there, all are.
        var insights = transaction.Db.Insights;
        if (!await insights.OrderBy(row => row.Id).Take(1).AnyAsync(row => row.Terms == null, token)) return (long?)null;

        var part = await insights.AsNoTracking()
            .Where(row => row.Id < below)
            .OrderByDescending(row => row.Id)
            .Take(Part)
            .Select(row => new { row.Id, row.Insight, IsThere = row.Terms != null })
            .ToListAsync(token);
        var missing = part.Where(row => !row.IsThere).ToList();
        var reviewed = await NewestReviews.OfAsync(transaction.Db, [.. missing.Select(row => row.Id)], token);
        foreach (var row in missing)
            transaction.Db.Add(InsightTerms.Row(LedgerJson.Element(reviewed.GetValueOrDefault(row.Id)?.Insight ?? row.Insight), row.Id));
        return part.Count == 0 ? null : part[^1].Id;
    }, cancellationToken);
}
