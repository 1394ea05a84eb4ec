using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Insights, one by one, in lists and by what is in them.</summary>
internal static class InsightQueries
{
    private const int Block = 200;

    /// <summary>How many insights are looked through for one part of a list; whoever asks goes on from there.</summary>
    private const int MostLooked = 5_000;

    public static async Task<StoredInsight?> GetAsync(LedgerDbContext db, long id, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(db, InsightsOf(db, new()).Where(row => row.Insight.Id == id), 1, cancellationToken);
        return rows.Count == 0 ? null : (await StoredAsync(db, rows, cancellationToken))[0];
    }

    /// <summary>The numbers of the insights stored before and after one.</summary>
    public static async Task<(long? Older, long? Newer)> NeighboursAsync(
        LedgerDbContext db, long id, CancellationToken cancellationToken) =>
        (await db.Insights.Where(row => row.Id < id).MaxAsync(row => (long?)row.Id, cancellationToken),
            await db.Insights.Where(row => row.Id > id).MinAsync(row => (long?)row.Id, cancellationToken));

    public static async Task<InsightPage> ListAsync(
        LedgerDbContext db, ILedgerDialect dialect, InsightFilter filter, int count, long? next, CancellationToken cancellationToken)
    {
        var found = new List<(Row Row, InsightScalar? Hit)>();
        var below = next ?? long.MaxValue;
        for (var looked = 0; looked < MostLooked && found.Count < count; looked += Block)
        {
            var ids = filter.Query is { } query ? await dialect.FindInsightsAsync(db, query, below, Block, cancellationToken) : null;
            var from = below;
            var source = InsightsOf(db, filter);
            source = ids is null ? source.Where(row => row.Insight.Id < from) : source.Where(row => ids.Contains(row.Insight.Id));
            var size = ids is null && filter.Below is null ? count - found.Count : Block;
            var rows = await RowsAsync(db, source, size, cancellationToken);
            foreach (var row in rows)
            {
                if (found.Count == count) break;
                below = row.Insight.Id;
                if (IsBelow(row, filter) && Matches(row, filter.Query, out var hit)) found.Add((row, hit));
            }

            if (found.Count == count) break;
            if ((ids?.Count ?? rows.Count) < (ids is null ? size : Block)) return new(await PageAsync(db, found, cancellationToken), null);
            if (ids is not null) below = ids[^1];
        }

        return new(await PageAsync(db, found, cancellationToken), below);
    }

    private static IQueryable<Row> InsightsOf(LedgerDbContext db, InsightFilter filter)
    {
        var jobs = db.Jobs.Matching(filter.Below is { } below ? filter.Jobs with { Below = below } : filter.Jobs, db);
        var rows =
            from insight in db.Insights.AsNoTracking()
            join segment in db.Segments on insight.SegmentId equals segment.Id
            join job in jobs on insight.JobId equals job.Id
            select new Row { Insight = insight, Usage = insight.Usage, Segment = segment, Job = job };
        return filter.IsReviewed is { } wanted
            ? rows.Where(row => db.Reviews.Any(review => review.InsightId == row.Insight.Id) == wanted)
            : rows;
    }

    private static async Task<List<Row>> RowsAsync(
        LedgerDbContext db, IQueryable<Row> source, int count, CancellationToken cancellationToken)
    {
        var rows = await source.OrderByDescending(row => row.Insight.Id).Take(count).ToListAsync(cancellationToken);
        var reviews = await NewestReviews.OfAsync(db, rows.ConvertAll(row => row.Insight.Id), cancellationToken);
        foreach (var row in rows) row.Review = reviews.GetValueOrDefault(row.Insight.Id);
        return rows;
    }

    private static bool IsBelow(Row row, InsightFilter filter) => filter.Below is not { } below
        || (row.Insight.Fields is { } fields
            && LowestConfidence.Of(LedgerJson.Read<List<InsightField>>(fields)) < below);

    private static bool Matches(Row row, SearchQuery? query, out InsightScalar? hit)
    {
        hit = null;
        if (query is null) return true;
        var scalars = InsightScalars.Of(LedgerJson.Element(row.Review?.Insight ?? row.Insight.Insight))
            .Select(scalar => (Scalar: scalar, Units: SearchText.Units(scalar.Text)))
            .ToList();
        foreach (var part in query.Parts)
        {
            var there = scalars.Find(scalar => part.IsIn(scalar.Scalar, scalar.Units)).Scalar;
            if (there is null != part.IsExcluded) return false;
            hit ??= there;
        }

        return true;
    }

    private static async Task<IReadOnlyList<FoundInsight>> PageAsync(
        LedgerDbContext db, List<(Row Row, InsightScalar? Hit)> found, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(db, [.. found.Select(entry => entry.Row)], cancellationToken);
        return [.. stored.Zip(found, (insight, entry) => new FoundInsight(insight, entry.Hit is { } hit ? Hit(insight, hit) : null))];
    }

    private static SearchHit Hit(StoredInsight insight, InsightScalar scalar)
    {
        var field = insight.Record.Fields.FirstOrDefault(field => field.Pointer == scalar.Place);
        var place = field is { Citations: [var first, ..] } && first < insight.Record.Citations.Count
            ? insight.Record.Citations[first]
            : null;
        return new(scalar.Place, scalar.Text, place);
    }

    private static async Task<IReadOnlyList<StoredInsight>> StoredAsync(
        LedgerDbContext db, IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(row => row.Insight.Id).ToList();
        var citations = (await db.Citations.AsNoTracking().Where(row => ids.Contains(row.InsightId)).ToListAsync(cancellationToken))
            .ToLookup(row => row.InsightId);
        return
        [
            .. rows.Select(row =>
            {
                row.Insight.Usage = row.Usage;
                row.Insight.Citations.AddRange(citations[row.Insight.Id].OrderBy(citation => citation.Position));
                return new StoredInsight
                {
                    Id = row.Insight.Id,
                    Record = InsightExport.Record(row.Insight, row.Segment, row.Job),
                    StoredAt = row.Insight.CreatedAt,
                    Media = row.Job.Media is { } media ? LedgerJson.Read<MediaDescription>(media) : null,
                    Revision = row.Review?.Revision ?? 0,
                    Reviewed = row.Review is { } review ? LedgerJson.Element(review.Insight) : null,
                };
            }),
        ];
    }

    private sealed class Row
    {
        public required InsightRow Insight { get; init; }

        public required UsageRow Usage { get; init; }

        public required SegmentRow Segment { get; init; }

        public required JobRow Job { get; init; }

        /// <summary>The newest; null when nobody reviewed it.</summary>
        public ReviewRow? Review { get; set; }
    }
}
