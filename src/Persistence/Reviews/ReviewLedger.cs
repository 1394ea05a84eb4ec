using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Reviews;

/// <summary>
/// What people said of insights. Reviews are only added, and the model's answers stay as they are. One method is one operation and one
/// commit; every method may be repeated without harm.
/// </summary>
public sealed class ReviewLedger
{
    private readonly LedgerDatabase _database;

    internal ReviewLedger(LedgerDatabase database) => _database = database;

    /// <summary>Stores a review, if nobody else has since <see cref="NewReview.BasedOn"/>; the same one again changes nothing.</summary>
    /// <param name="insightId">The insight.</param>
    /// <param name="review">The review.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Null when there is no such insight.</returns>
    public Task<ReviewOutcome?> AddAsync(long insightId, NewReview review, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(review);
        return _database.WriteAsync((transaction, token) => AddAsync(transaction, insightId, review, token), cancellationToken);
    }

    /// <summary>The reviews of an insight, the oldest first.</summary>
    public Task<IReadOnlyList<StoredReview>> ListAsync(long insightId, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StoredReview>>(async (db, token) =>
        {
            var rows = await db.Reviews.AsNoTracking()
                .Where(row => row.InsightId == insightId)
                .OrderBy(row => row.Revision)
                .ToListAsync(token);
            return [.. rows.Select(Stored)];
        }, cancellationToken);

    private static async Task<ReviewOutcome?> AddAsync(
        LedgerTransaction transaction, long insightId, NewReview review, CancellationToken cancellationToken)
    {
        var insight = await transaction.Db.Insights.AsNoTracking()
            .Where(row => row.Id == insightId)
            .Select(row => new { row.JobId, row.Number })
            .SingleOrDefaultAsync(cancellationToken);
        // Locked, so that a retry does not take back what is reviewed meanwhile.
        if (insight is null || await transaction.LockJobAsync(insight.JobId, cancellationToken) is not { } job
            || !await transaction.Db.Insights.AnyAsync(row => row.Id == insightId, cancellationToken))
        {
            return null;
        }

        var (reviewer, fields) = (review.Reviewer.Storable(ColumnLengths.Name), LedgerJson.Write(review.Fields));
        var later = await transaction.Db.Reviews.AsNoTracking()
            .Where(row => row.InsightId == insightId && row.Revision > review.BasedOn)
            .OrderBy(row => row.Revision)
            .ToListAsync(cancellationToken);
        // A reviewer whose reply was lost sends the same again.
        if (later.Find(row => row.Revision == review.BasedOn + 1) is { } stored
            && stored.Reviewer == reviewer
            && JsonElement.DeepEquals(LedgerJson.Element(stored.Fields), LedgerJson.Element(fields)))
        {
            return new(true, Stored(stored));
        }

        if (later.Count > 0) return new(false, Stored(later[^1]));

        var row = new ReviewRow
        {
            InsightId = insightId,
            Revision = review.BasedOn + 1,
            Reviewer = reviewer,
            At = transaction.Now,
            Fields = fields,
            Insight = StorableText.StorableJson(review.Insight.GetRawText()),
        };
        transaction.Db.Reviews.Add(row);
        // It is found by what it says now, and not by what was wrong.
        await transaction.Db.Set<TermsRow>().Where(terms => terms.InsightId == insightId).ExecuteDeleteAsync(cancellationToken);
        transaction.Db.Add(InsightTerms.Row(review.Insight, insightId));
        OutboxWriter.Add(transaction, new InsightReviewed
        {
            JobId = job.JobId,
            CorrelationId = job.CorrelationId,
            InsightId = insightId,
            Segment = insight.Number,
            Revision = row.Revision,
            Reviewer = reviewer,
            Fields = review.Fields,
        });
        return new(true, Stored(row));
    }

    private static StoredReview Stored(ReviewRow row) => new(
        row.Revision, row.Reviewer, row.At, LedgerJson.Read<List<FieldReview>>(row.Fields), LedgerJson.Element(row.Insight));
}
