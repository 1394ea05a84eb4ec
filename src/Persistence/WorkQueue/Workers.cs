using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Who works, on the database's clock.</summary>
internal static class Workers
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>
    /// A worker was heard of. What it lost while it was silent is given back: no crash is counted, and what nobody has taken meanwhile is
    /// its own again.
    /// </summary>
    /// <returns>The number of rows whose crash was taken back.</returns>
    public static async Task<int> BeatAsync(
        LedgerTransaction transaction, WorkerPresence presence, TimeSpan lease, CancellationToken cancellationToken)
    {
        var worker = await transaction.Db.Workers.SingleOrDefaultAsync(row => row.Id == presence.Id, cancellationToken);
        if (worker is null)
        {
            worker = new() { Id = presence.Id, StartedAt = transaction.Now };
            transaction.Db.Workers.Add(worker);
        }

        worker.MediaStore = presence.MediaStore;
        worker.Machine = presence.Machine.Storable(ColumnLengths.Name);
        worker.AliveUntil = transaction.Now + lease;
        worker.IsDead = false;
        worker.HeldRows = null;
        if (!await transaction.Db.Crashes.AnyAsync(crash => crash.Worker == worker.Id, cancellationToken))
            return 0;
        await Crashes.ReviveAsync(transaction, worker, cancellationToken);
        return await Crashes.ForgiveAsync(transaction, [worker.Id], cancellationToken);
    }

    /// <summary>A worker stops by itself and holds nothing any more.</summary>
    public static Task<int> LeaveAsync(LedgerTransaction transaction, Guid worker, CancellationToken cancellationToken) =>
        transaction.Db.Workers
            .Where(row => row.Id == worker
                && !transaction.Db.Jobs.Any(job => job.LeaseOwner == worker && job.LeaseUntil != null)
                && !transaction.Db.Segments.Any(segment => segment.LeaseOwner == worker && segment.LeaseUntil != null))
            .ExecuteDeleteAsync(cancellationToken);

    public static async Task<IReadOnlyList<KnownWorker>> ListAsync(LedgerTransaction transaction, CancellationToken cancellationToken) =>
    [
        .. (await transaction.Db.Workers.AsNoTracking().Where(row => !row.IsDead).OrderBy(row => row.StartedAt)
            .ToListAsync(cancellationToken)).Select(row => new KnownWorker(
                new(row.Id, row.MediaStore, row.Machine ?? ""), row.IsSilent(transaction.Now)))
    ];

    public static Task<int> DeclareDeadAsync(LedgerTransaction transaction, Guid worker, CancellationToken cancellationToken) =>
        transaction.Db.Workers.Where(row => row.Id == worker)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsDead, true), cancellationToken);

    /// <summary>The media stores that living workers read, other than this worker's own.</summary>
    public static async Task<(Guid? Own, List<Guid> Others)> MediaStoresAsync(
        LedgerTransaction transaction, Guid worker, CancellationToken cancellationToken)
    {
        var living = await transaction.Db.Workers.AsNoTracking()
            .Where(row => row.MediaStore != null && !row.IsDead && (row.AliveUntil >= transaction.Now || row.Id == worker))
            .Select(row => new { row.Id, row.MediaStore })
            .ToListAsync(cancellationToken);
        var own = living.Find(row => row.Id == worker)?.MediaStore;
        return (own, [.. living.Select(row => row.MediaStore!.Value).Distinct().Where(store => store != own)]);
    }

    /// <summary>Removes what was last heard of long ago.</summary>
    public static async Task<int> PurgeAsync(LedgerTransaction transaction, CancellationToken cancellationToken)
    {
        var before = transaction.Now - Kept;
        await transaction.Db.Crashes.Where(crash => crash.At < before).ExecuteDeleteAsync(cancellationToken);
        return await transaction.Db.Workers.Where(row => row.AliveUntil < before
                && !transaction.Db.Jobs.Any(job => job.LeaseOwner == row.Id && job.LeaseUntil != null)
                && !transaction.Db.Segments.Any(segment => segment.LeaseOwner == row.Id && segment.LeaseUntil != null))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
