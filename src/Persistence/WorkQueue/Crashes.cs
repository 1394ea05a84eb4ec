using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
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
        var crashes = await transaction.Db.Crashes.Where(crash => workers.Contains(crash.Worker)).ToListAsync(cancellationToken);
        if (crashes.Count == 0)
            return 0;

        var jobs = crashes.Select(crash => crash.JobId).OfType<long>().ToList();
        var segments = crashes.Select(crash => crash.SegmentId).OfType<long>().ToList();
        foreach (var job in await transaction.Db.Jobs.Where(row => jobs.Contains(row.Id) && row.FinishedAt == null)
            .ToListAsync(cancellationToken))
        {
            Relieve(job, crashes.Count(crash => crash.JobId == job.Id));
        }

        foreach (var segment in await transaction.Db.Segments.Where(row => segments.Contains(row.Id) && row.FinishedAt == null)
            .ToListAsync(cancellationToken))
        {
            Relieve(segment, crashes.Count(crash => crash.SegmentId == segment.Id));
        }

        transaction.Db.Crashes.RemoveRange(crashes);
        return crashes.Count;
    }

    /// <summary>A row turned out to be the reason: whatever else was in flight then is relieved.</summary>
    public static async Task ConvictAsync(LedgerTransaction transaction, ClaimableRow row, CancellationToken cancellationToken)
    {
        var workers = await Of(transaction, row).Select(crash => crash.Worker).ToListAsync(cancellationToken);
        await Of(transaction, row).ExecuteDeleteAsync(cancellationToken);
        await ForgiveAsync(transaction, workers, cancellationToken);
    }

    /// <summary>A row has ended, or begins anew: nothing is to be taken back any more.</summary>
    public static async Task ForgetAsync(LedgerTransaction transaction, ClaimableRow row, CancellationToken cancellationToken)
    {
        if (row.CrashCount > 0)
            await Of(transaction, row).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Gives a worker that was silent the rows back that nobody has claimed since.</summary>
    public static async Task ReviveAsync(LedgerTransaction transaction, WorkerRow worker, CancellationToken cancellationToken)
    {
        var lost = transaction.Db.Crashes.Where(crash => crash.Worker == worker.Id);
        var jobs = await transaction.Db.Jobs
            .Where(row => row.State == JobState.Accepted && row.LeaseOwner == worker.Id && row.LeaseUntil == null
                && lost.Any(crash => crash.JobId == row.Id))
            .ToListAsync(cancellationToken);
        var segments = await transaction.Db.Segments
            .Where(row => row.State == SegmentState.Ready && row.LeaseOwner == worker.Id && lost.Any(crash => crash.SegmentId == row.Id))
            .ToListAsync(cancellationToken);
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
        Relieve(row, 1);
        row.Resume(transaction.Now);
        return true;
    }

    private static IQueryable<CrashRow> Of(LedgerTransaction transaction, ClaimableRow row) => row is JobRow
        ? transaction.Db.Crashes.Where(crash => crash.JobId == row.Id)
        : transaction.Db.Crashes.Where(crash => crash.SegmentId == row.Id);

    private static void Relieve(ClaimableRow row, int crashes)
    {
        row.CrashCount = Math.Max(0, row.CrashCount - crashes);
        row.Detail = row.CrashCount == 0 ? null : Wording.Crashed(row.CrashCount);
    }
}
