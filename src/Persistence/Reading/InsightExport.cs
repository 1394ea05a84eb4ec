using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Reads insights in parts: by where the last part ended, so that the millionth costs as much as the first.</summary>
internal sealed class InsightExport(LedgerDatabase database)
{
    private const int PartSize = 500;

    public async IAsyncEnumerable<InsightRecord> ReadAsync(JobFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = new Position(0, 0, 0);
        while (true)
        {
            var from = last;
            var part = await database.ReadAsync((db, token) => PartAsync(db, filter, from, token), cancellationToken);
            foreach (var (insight, segment, job) in part)
            {
                last = new(insight.JobId, insight.Number, insight.Id);
                yield return Record(insight, segment, job);
            }
            if (part.Count < PartSize)
                yield break;
        }
    }

    private static async Task<List<Entry>> PartAsync(
        LedgerDbContext db, JobFilter filter, Position last, CancellationToken cancellationToken)
    {
        var rows = await (
            from insight in db.Insights.AsNoTracking()
            join segment in db.Segments on insight.SegmentId equals segment.Id
            join job in db.Jobs.Matching(filter, db) on insight.JobId equals job.Id
            // The first condition says nothing new, but an index answers it.
            where insight.JobId >= last.Job
                && (insight.JobId > last.Job
                    || insight.Number > last.Number
                    || (insight.Number == last.Number && insight.Id > last.Insight))
            orderby insight.JobId, insight.Number, insight.Id
            select new { insight, insight.Usage, segment, job }).Take(PartSize).ToListAsync(cancellationToken);

        var ids = rows.Select(row => row.insight.Id).ToList();
        var citations = (await db.Citations.AsNoTracking().Where(row => ids.Contains(row.InsightId)).ToListAsync(cancellationToken))
            .ToLookup(row => row.InsightId);
        foreach (var row in rows)
        {
            row.insight.Usage = row.Usage;
            row.insight.Citations.AddRange(citations[row.insight.Id].OrderBy(citation => citation.Position));
        }
        return [.. rows.Select(row => new Entry(row.insight, row.segment, row.job))];
    }

    public static InsightRecord Record(InsightRow insight, SegmentRow segment, JobRow job) => new()
    {
        Source = job.Source,
        Job = job.JobId,
        Segment = segment.Reference,
        Task = new(insight.TaskName, insight.TaskVersion),
        Insight = LedgerJson.Element(insight.Insight),
        Citations = [.. insight.Citations.Select(citation => citation.ToCitation())],
        Names = insight.Names is { } names ? LedgerJson.Read<IReadOnlyList<LinkedName>>(names) : null,
        Fields = insight.Fields is { } fields ? LedgerJson.Read<List<InsightField>>(fields) : [],
        Note = insight.Note,
        Model = insight.Model,
        Usage = insight.Usage.ToUsage(),
    };

    private sealed record Position(long Job, int Number, long Insight);

    private sealed record Entry(InsightRow Insight, SegmentRow Segment, JobRow Job);
}
