using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Gives rows to workers: the highest priority first, then the oldest; suspects as their policy says.</summary>
internal static class Claiming
{
    // Of rows that may not run together now, so many are looked beyond.
    private const int MoreSuspects = 64;

    private const string ReadyJobs = "state = 'Accepted' AND lease_until IS NULL";
    private const string ReadySegments = "state = 'Ready' AND NOT awaits_others";

    public static async Task<IReadOnlyList<JobClaim>> ClaimJobsAsync(
        LedgerTransaction transaction, ClaimRequest request, CancellationToken cancellationToken)
    {
        var rows = await ClaimAsync(transaction, transaction.Db.Jobs, "job", ReadyJobs, [], request, cancellationToken);
        var corpora = await CorporaAsync(transaction.Db, rows, cancellationToken);
        return [.. rows.Select(row => new JobClaim(
            row.Lease,
            new MediaJob(row.JobId, row.Source, row.RequestedTask, LedgerJson.Read<JobOptions>(row.Options))
            {
                Question = row.Question,
                ArchivedSha256 = row.ArchiveId is null ? null : row.MediaSha256,
            },
            row.Attempt,
            row.CrashCount)
        {
            Priority = row.Priority,
            CorrelationId = row.CorrelationId,
            Corpus = row.CorpusRunId is { } run ? corpora.GetValueOrDefault(run) : null,
        })];
    }

    public static async Task<IReadOnlyList<SegmentClaim>> ClaimSegmentsAsync(
        LedgerTransaction transaction, ClaimRequest request, CancellationToken cancellationToken)
    {
        var (own, others) = await Workers.MediaStoresAsync(transaction, request.Worker, cancellationToken);
        var rows = await ClaimAsync(transaction, transaction.Db.Segments, "segment", ReadySegments, others, request, cancellationToken);
        if (rows.Count == 0) return [];
        var jobIds = rows.Select(row => row.JobId).Distinct().ToList();
        var jobs = await transaction.Db.Jobs.AsNoTracking()
            .Where(job => jobIds.Contains(job.Id))
            .ToDictionaryAsync(job => job.Id, cancellationToken);
        var corpora = await CorporaAsync(transaction.Db, jobs.Values, cancellationToken);

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
                Question = job.Question,
                MediaIsElsewhere = row.MediaStore is not null && row.MediaStore != own,
            };
            if (row.Kind == SegmentKind.Synthesis)
                segment = await WithInsightsAsync(transaction.Db, segment, row, cancellationToken);
            claims.Add(new(row.Lease, segment, row.Attempt, row.CrashCount)
            {
                IsOnly = job.Planned == 1,
                Corpus = job.CorpusRunId is { } run ? corpora.GetValueOrDefault(run) : null,
            });
        }
        return claims;
    }

    /// <summary>The names of the corpora that jobs belong to, by run.</summary>
    private static async Task<Dictionary<long, string>> CorporaAsync(
        LedgerDbContext db, IEnumerable<JobRow> jobs, CancellationToken cancellationToken)
    {
        var runs = jobs.Select(job => job.CorpusRunId).OfType<long>().Distinct().ToList();
        return runs.Count == 0
            ? []
            : await db.CorpusRuns.Where(run => runs.Contains(run.Id))
                .ToDictionaryAsync(run => run.Id, run => run.Corpus, cancellationToken);
    }

    private static async Task<IReadOnlyList<T>> ClaimAsync<T>(
        LedgerTransaction transaction, DbSet<T> rows, string table, string ready, List<Guid> unreachable, ClaimRequest request,
        CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        // The answer to a commit got lost: what was claimed then is ours.
        if (transaction.IsRepeat)
        {
            var claimedBefore = await rows.AsNoTracking().Where(row => row.ClaimId == request.Id && row.LeaseUntil != null)
                .OrderBy(row => row.Id)
                .ToListAsync(cancellationToken);
            if (claimedBefore.Count > 0)
                return claimedBefore;
        }

        var candidates = await CandidatesAsync(transaction, rows, table, ready, unreachable, request, cancellationToken);
        var crashes = await CrashesAsync(transaction, candidates, cancellationToken);
        var running = crashes.Count == 0 ? [] : await RunningAsync(transaction, request.Worker, crashes, cancellationToken);
        var claimed = SuspectPolicy.Choose(
            candidates, crashes.ToLookup(crash => (crash.JobId ?? crash.SegmentId)!.Value), running, request.Count, request.OthersFirst);
        if (claimed.Count == 0) return claimed;
        await TakeAsync<T>(transaction, [.. claimed.Select(row => row.Id)], request, cancellationToken);
        // As they stand in the database now.
        foreach (var row in claimed)
            row.Claim(request.Worker, request.Id, transaction.Now + request.Lease);
        return claimed;
    }

    /// <summary>What <see cref="ClaimableRow.Claim"/> does, for many rows in one statement.</summary>
    private static async Task TakeAsync<T>(
        LedgerTransaction transaction, List<long> ids, ClaimRequest request, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        var until = transaction.Now + request.Lease;
        if (typeof(T) == typeof(SegmentRow))
        {
            await transaction.Db.Segments.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, SegmentState.Leased)
                    .SetProperty(row => row.Attempt, row => row.Attempt + 1)
                    .SetProperty(row => row.LeaseToken, row => row.LeaseToken + 1)
                    .SetProperty(row => row.LeaseOwner, request.Worker)
                    .SetProperty(row => row.ClaimId, request.Id)
                    .SetProperty(row => row.LeaseUntil, until),
                cancellationToken);
            return;
        }

        await transaction.Db.Jobs.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Attempt, row => row.Attempt + 1)
                .SetProperty(row => row.LeaseToken, row => row.LeaseToken + 1)
                .SetProperty(row => row.LeaseOwner, request.Worker)
                .SetProperty(row => row.ClaimId, request.Id)
                .SetProperty(row => row.LeaseUntil, until),
            cancellationToken);
    }

    private static async Task<List<T>> CandidatesAsync<T>(
        LedgerTransaction transaction, DbSet<T> rows, string table, string ready, List<Guid> unreachable, ClaimRequest request,
        CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        List<object> values = [transaction.Now, LedgerDbContext.SchemaVersion];
        ready += Reachable(unreachable, values);

        // Those without a crash and those with one apart, so that neither hides the other.
        var sql = $"""
            SELECT * FROM ({Some("crash_count = 0", "priority DESC, run_at, id", request.Count)}) fresh
            UNION ALL
            SELECT * FROM ({Some("crash_count > 0", "crash_count, priority DESC, run_at, id", request.Count + MoreSuspects)}) suspect
            """;
        var found = await rows.FromSqlRaw(sql, [.. values]).AsNoTracking().ToListAsync(cancellationToken);
        return [.. found.OrderByDescending(row => row.Priority).ThenBy(row => row.RunAt).ThenBy(row => row.Id)];

        string Some(string which, string order, int count)
        {
            values.Add(count);
            return $$"""
                SELECT * FROM {{table}}
                WHERE {{ready}} AND {{which}} AND run_at <= {0} AND schema_version <= {1}
                ORDER BY {{order}}
                LIMIT {{{values.Count - 1}}} {{transaction.Dialect.LockFreeRows}}
                """;
        }
    }

    /// <summary>Media in the data folder of another living worker is left to that worker.</summary>
    private static string Reachable(List<Guid> unreachable, List<object> values)
    {
        if (unreachable.Count == 0)
            return "";
        var first = values.Count;
        values.AddRange(unreachable.Cast<object>());
        var list = string.Join(", ", Enumerable.Range(first, unreachable.Count).Select(number => $"{{{number}}}"));
        return $" AND (media_store IS NULL OR media_store NOT IN ({list}))";
    }

    private static Task<List<CrashRow>> CrashesAsync<T>(
        LedgerTransaction transaction, IReadOnlyList<T> candidates, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        var suspects = candidates.Where(row => row.CrashCount > 0).Select(row => (long?)row.Id).ToList();
        if (suspects.Count == 0)
            return Task.FromResult(new List<CrashRow>());
        var crashes = transaction.Db.Crashes.AsNoTracking();
        return (typeof(T) == typeof(JobRow)
                ? crashes.Where(crash => suspects.Contains(crash.JobId))
                : crashes.Where(crash => suspects.Contains(crash.SegmentId)))
            .ToListAsync(cancellationToken);
    }

    /// <summary>What this worker already works on of those that were in flight together.</summary>
    private static async Task<Dictionary<Guid, int>> RunningAsync(
        LedgerTransaction transaction, Guid worker, List<CrashRow> crashes, CancellationToken cancellationToken)
    {
        var stopped = crashes.Select(crash => crash.Worker).Distinct().ToList();
        var running = await transaction.Db.Crashes
            .Where(crash => stopped.Contains(crash.Worker)
                && (transaction.Db.Jobs.Any(row => row.Id == crash.JobId && row.LeaseOwner == worker && row.LeaseUntil != null)
                    || transaction.Db.Segments.Any(
                        row => row.Id == crash.SegmentId && row.LeaseOwner == worker && row.LeaseUntil != null)))
            .Select(crash => crash.Worker)
            .ToListAsync(cancellationToken);
        return running.CountBy(stoppedWorker => stoppedWorker).ToDictionary();
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
