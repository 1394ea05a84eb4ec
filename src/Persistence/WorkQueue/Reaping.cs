using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Takes rows from workers that have not been heard of. A crash is not an attempt: the item may be innocent.</summary>
internal static class Reaping
{
    public const int MaxCrashes = 3;
    public const int MaxRows = 1000;

    public static Task<List<long>> ExpiredAsync<T>(LedgerTransaction transaction, CancellationToken cancellationToken)
        where T : ClaimableRow =>
        transaction.Db.Set<T>().Where(row => row.LeaseUntil < transaction.Now).OrderBy(row => row.Id).Select(row => row.Id)
            .Take(MaxRows).ToListAsync(cancellationToken);

    public static async Task<int> ExpireAllAsync(LedgerTransaction transaction, CancellationToken cancellationToken)
    {
        var past = transaction.Now.AddSeconds(-1);
        await transaction.Db.Outbox.Where(message => message.SentAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(message => message.LeasedUntil, (DateTimeOffset?)null), cancellationToken);
        return await transaction.Db.Jobs.Where(row => row.LeaseUntil != null)
            .ExecuteUpdateAsync(row => row.SetProperty(job => job.LeaseUntil, past), cancellationToken)
            + await transaction.Db.Segments.Where(row => row.LeaseUntil != null)
                .ExecuteUpdateAsync(row => row.SetProperty(segment => segment.LeaseUntil, past), cancellationToken);
    }

    /// <summary>Ends one job's lease.</summary>
    /// <returns>False when it has been extended or its outcome stored in the meantime.</returns>
    public static async Task<bool> ReapJobAsync(
        LedgerTransaction transaction, long rowId, LedgerOptions options, CancellationToken cancellationToken)
    {
        var job = await transaction.LockJobAsync(rowId, cancellationToken);
        if (job is null || !HasExpired(job, transaction.Now))
            return false;

        if (CountCrash(transaction, job, options))
            return true;
        await JobClosing.EndAsync(transaction, job, JobState.Quarantined, cancellationToken);
        return true;
    }

    /// <summary>Ends one segment's lease.</summary>
    /// <returns>False when it has been extended or its outcome stored in the meantime.</returns>
    public static async Task<bool> ReapSegmentAsync(
        LedgerTransaction transaction, long rowId, LedgerOptions options, CancellationToken cancellationToken)
    {
        var jobId = await transaction.Db.Segments.Where(row => row.Id == rowId)
            .Select(row => row.JobId)
            .SingleOrDefaultAsync(cancellationToken);
        var job = await transaction.LockJobAsync(jobId, cancellationToken);
        var segment = await transaction.LockSegmentAsync(rowId, cancellationToken);
        if (job is null || segment is null || !HasExpired(segment, transaction.Now))
            return false;

        if (CountCrash(transaction, segment, options))
            return true;
        segment.End(SegmentState.Quarantined, transaction.Now);
        job.Count(SegmentState.Quarantined, 1);
        await JobClosing.SettleAsync(transaction, job, cancellationToken);
        return true;
    }

    private static bool HasExpired(ClaimableRow row, DateTimeOffset now) => row.LeaseUntil < now;

    // True when the row may be tried again.
    private static bool CountCrash(LedgerTransaction transaction, ClaimableRow row, LedgerOptions options)
    {
        row.CrashCount++;
        row.Attempt--;
        row.Detail = Wording.Crashed(row.CrashCount);
        if (row.CrashCount >= MaxCrashes)
            return false;
        row.MakeReady(transaction.Now + BackOff.Delay(options, row.CrashCount, row.Id));
        return true;
    }
}
