using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Gives rows to workers: the highest priority first, then the oldest; a suspect alone.</summary>
internal static class Claiming
{
    private const string ReadyJobs = "state = 'Accepted' AND lease_until IS NULL";
    private const string ReadySegments = "state = 'Ready' AND NOT awaits_others";

    public static async Task<IReadOnlyList<JobClaim>> ClaimJobsAsync(
        LedgerTransaction transaction, ClaimRequest request, CancellationToken cancellationToken)
    {
        var rows = await ClaimAsync(transaction, transaction.Db.Jobs, "job", ReadyJobs, request, cancellationToken);
        return [.. rows.Select(row => new JobClaim(
            row.Lease,
            new MediaJob(row.JobId, row.Source, row.RequestedTask, LedgerJson.Read<JobOptions>(row.Options))
            {
                ArchivedSha256 = row.ArchiveId is null ? null : row.MediaSha256,
            },
            row.Attempt,
            row.CrashCount)
        {
            Priority = row.Priority,
            CorrelationId = row.CorrelationId,
        })];
    }

    public static async Task<IReadOnlyList<SegmentClaim>> ClaimSegmentsAsync(
        LedgerTransaction transaction, ClaimRequest request, CancellationToken cancellationToken)
    {
        var rows = await ClaimAsync(transaction, transaction.Db.Segments, "segment", ReadySegments, request, cancellationToken);
        var jobIds = rows.Select(row => row.JobId).Distinct().ToList();
        var jobs = await transaction.Db.Jobs.AsNoTracking()
            .Where(job => jobIds.Contains(job.Id))
            .ToDictionaryAsync(job => job.Id, cancellationToken);

        var claims = new List<SegmentClaim>(rows.Count);
        foreach (var row in rows)
        {
            var job = jobs[row.JobId];
            var segment = new SegmentJob
            {
                JobId = job.JobId,
                Source = job.Source,
                Media = LedgerJson.Read<MediaDescription>(job.Media!),
                Task = new(job.TaskName!, job.TaskVersion!),
                Options = LedgerJson.Read<JobOptions>(job.Options),
                Segment = row.Reference,
            };
            if (row.Kind == SegmentKind.Synthesis)
                segment = await WithInsightsAsync(transaction.Db, segment, row, cancellationToken);
            claims.Add(new(row.Lease, segment, row.Attempt, row.CrashCount));
        }
        return claims;
    }

    private static async Task<IReadOnlyList<T>> ClaimAsync<T>(
        LedgerTransaction transaction, DbSet<T> rows, string table, string ready, ClaimRequest request, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        // The answer to a commit got lost: what was claimed then is ours.
        if (transaction.IsRepeat)
        {
            var claimedBefore = await rows.Where(row => row.ClaimId == request.Id && row.LeaseUntil != null)
                .OrderBy(row => row.Id)
                .ToListAsync(cancellationToken);
            if (claimedBefore.Count > 0)
                return claimedBefore;
        }

        var sql = $$"""
            SELECT * FROM {{table}}
            WHERE {{ready}} AND run_at <= {0} AND schema_version <= {1}
            ORDER BY priority DESC, run_at, id
            LIMIT {2} {{transaction.Dialect.LockFreeRows}}
            """;
        var candidates = await rows.FromSqlRaw(sql, transaction.Now, LedgerDbContext.SchemaVersion, request.Count)
            .ToListAsync(cancellationToken);

        // A suspect takes its turn, but never in the company of others that it could take down.
        IReadOnlyList<T> claimed = candidates is [{ IsSuspect: true } suspect, ..]
            ? [suspect]
            : [.. candidates.Where(row => !row.IsSuspect)];
        foreach (var row in claimed)
            row.Claim(request.Worker, request.Id, transaction.Now + request.Lease);
        return claimed;
    }

    private static async Task<SegmentJob> WithInsightsAsync(
        LedgerDbContext db, SegmentJob segment, SegmentRow synthesis, CancellationToken cancellationToken)
    {
        var others = await db.Segments.AsNoTracking()
            .Where(other => other.JobId == synthesis.JobId && other.Id != synthesis.Id)
            .OrderBy(other => other.Number)
            .ToListAsync(cancellationToken);
        var insights = await db.Insights.AsNoTracking()
            .Include(insight => insight.Citations.OrderBy(citation => citation.Position))
            .Where(insight => insight.JobId == synthesis.JobId)
            .ToDictionaryAsync(insight => insight.SegmentId, cancellationToken);
        return segment with
        {
            Insights = [.. others.Where(other => insights.ContainsKey(other.Id)).Select(other => new SegmentInsight(
                other.Reference,
                LedgerJson.Element(insights[other.Id].Insight),
                [.. insights[other.Id].Citations.Select(citation => citation.ToCitation())]))],
            Gaps = [.. others.Where(other => !insights.ContainsKey(other.Id)).Select(other => other.Reference)],
        };
    }
}
