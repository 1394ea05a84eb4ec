using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>The crashes that rows are charged with, and may be relieved of.</summary>
internal static class Crashes
{
    /// <summary>Takes the stops of workers back: they were no crash, or another row was the reason.</summary>
    /// <returns>The number of rows that are relieved.</returns>
    public static async Task<int> ForgiveAsync(
        LedgerTransaction transaction, IReadOnlyList<Guid> workers, CancellationToken cancellationToken)
    {
        // Those that are seen now, and no others: the reaper may add one meanwhile, which is for the next time.
        var crashes = await transaction.Db.Crashes.AsNoTracking().Where(crash => workers.Contains(crash.Worker))
            .ToListAsync(cancellationToken);
        // A worker that claims again before it is heard of again may lose the same row more than once.
        foreach (var (count, jobs) in ByCount(crashes.Select(crash => crash.JobId)))
            await RelieveAsync(transaction.Db.Jobs.Where(row => jobs.Contains(row.Id)), count, cancellationToken);
        foreach (var (count, segments) in ByCount(crashes.Select(crash => crash.SegmentId)))
            await RelieveAsync(transaction.Db.Segments.Where(row => segments.Contains(row.Id)), count, cancellationToken);

        var forgiven = crashes.ConvertAll(crash => crash.Id);
        return await transaction.Db.Crashes.Where(crash => forgiven.Contains(crash.Id)).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>A row turned out to be the reason: whatever else was in flight then is relieved.</summary>
    public static async Task ConvictAsync(LedgerTransaction transaction, ClaimableRow row, CancellationToken cancellationToken)
    {
        var workers = await Of(transaction, row).Select(crash => crash.Worker).ToListAsync(cancellationToken);
        await Of(transaction, row).ExecuteDeleteAsync(cancellationToken);
        await ForgiveAsync(transaction, workers, cancellationToken);
    }

    /// <summary>A row begins anew: nothing is to be taken back any more.</summary>
    public static async Task ForgetAsync(LedgerTransaction transaction, ClaimableRow row, CancellationToken cancellationToken)
    {
        if (row.CrashCount > 0)
            await Of(transaction, row).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Gives a worker that was silent the rows back that nobody has claimed since.</summary>
    public static async Task ReviveAsync(LedgerTransaction transaction, WorkerRow worker, CancellationToken cancellationToken)
    {
        const string JobsOf = """
            SELECT * FROM job
            WHERE state = 'Accepted' AND lease_until IS NULL AND lease_owner = {0} AND id IN (SELECT job_id FROM crash WHERE worker = {0})
            """;
        const string SegmentsOf = """
            SELECT * FROM segment
            WHERE state = 'Ready' AND lease_owner = {0} AND id IN (SELECT segment_id FROM crash WHERE worker = {0})
            """;
        var jobsSql = $"{JobsOf} {transaction.Dialect.LockRows}";
        var segmentsSql = $"{SegmentsOf} {transaction.Dialect.LockRows}";
        var jobs = await transaction.Db.Jobs.FromSqlRaw(jobsSql, worker.Id).ToListAsync(cancellationToken);
        var segments = await transaction.Db.Segments.FromSqlRaw(segmentsSql, worker.Id).ToListAsync(cancellationToken);
        foreach (var row in jobs.Concat<ClaimableRow>(segments))
            row.Resume(worker.AliveUntil);
    }

    /// <summary>
    /// Whether a row is a worker's to write: it holds the lease, or it was silent for a while and nobody has claimed the row since.
    /// </summary>
    public static async Task<bool> IsHeldAsync(
        LedgerTransaction transaction, ClaimableRow row, Lease lease, CancellationToken cancellationToken)
    {
        if (row.IsHeldBy(lease))
            return true;
        var isUnclaimed = row.IsWaiting && row.LeaseOwner == lease.Worker && row.LeaseToken == lease.FencingToken;
        var crash = isUnclaimed
            ? await Of(transaction, row).FirstOrDefaultAsync(crash => crash.Worker == lease.Worker, cancellationToken)
            : null;
        if (crash is null)
            return false;

        transaction.Db.Crashes.Remove(crash);
        row.CrashCount = Math.Max(0, row.CrashCount - 1);
        row.Resume(transaction.Now);
        return true;
    }

    private static IQueryable<CrashRow> Of(LedgerTransaction transaction, ClaimableRow row) => row is JobRow
        ? transaction.Db.Crashes.Where(crash => crash.JobId == row.Id)
        : transaction.Db.Crashes.Where(crash => crash.SegmentId == row.Id);

    private static IEnumerable<(int Count, List<long> Rows)> ByCount(IEnumerable<long?> rows) => rows.OfType<long>()
        .GroupBy(row => row)
        .GroupBy(row => row.Count(), row => row.Key)
        .Select(group => (group.Key, group.ToList()));

    // What has ended says why it did.
    private static Task<int> RelieveAsync<T>(IQueryable<T> rows, int count, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        var once = Wording.Crashed(1);
        return rows.Where(row => row.CrashCount > 0).ExecuteUpdateAsync(
            set => set
                .SetProperty(
                    row => row.Detail,
                    row => row.FinishedAt != null || row.CrashCount > count + 1
                        ? row.Detail
                        : row.CrashCount == count + 1 ? once : null)
                .SetProperty(row => row.CrashCount, row => row.CrashCount > count ? row.CrashCount - count : 0),
            cancellationToken);
    }
}
