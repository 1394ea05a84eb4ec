using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Keeps leases, and gives them back.</summary>
internal static class Leases
{
    /// <summary>Extends leases in one statement for each worker named, which is one.</summary>
    /// <returns>Those that were lost.</returns>
    public static async Task<IReadOnlyList<Lease>> ExtendAsync<T>(
        LedgerTransaction transaction, IReadOnlyList<Lease> leases, TimeSpan length, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        var lost = new List<Lease>();
        foreach (var group in leases.GroupBy(lease => lease.Worker))
        {
            var ids = group.Select(lease => lease.RowId).ToList();
            await LockAsync<T>(transaction, ids, cancellationToken);
            var held = transaction.Db.Set<T>().Where(row => ids.Contains(row.Id) && row.LeaseOwner == group.Key && row.LeaseUntil != null);
            var until = transaction.Now + length;
            await held.ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, until), cancellationToken);
            var tokens = await held.ToDictionaryAsync(row => row.Id, row => row.LeaseToken, cancellationToken);
            lost.AddRange(group.Where(lease => tokens.GetValueOrDefault(lease.RowId) != lease.FencingToken));
        }
        return lost;
    }

    // In the order in which groups of results take theirs: an update takes rows as it finds them.
    private static async Task LockAsync<T>(LedgerTransaction transaction, List<long> ids, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        foreach (var some in ids.Chunk(GroupWriter<T, bool>.MostAtOnce))
        {
            if (typeof(T) == typeof(JobRow)) await transaction.LockJobsAsync(some, cancellationToken);
            else await transaction.LockSegmentsAsync(some, cancellationToken);
        }
    }

    public static async Task<bool> ReleaseJobsAsync(
        LedgerTransaction transaction, IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await Held(transaction.Db.Jobs, lease).ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.LeaseUntil, (DateTimeOffset?)null).SetProperty(row => row.Attempt, row => row.Attempt - 1),
                cancellationToken);
        }

        transaction.MakesReady(ReadyWork.Jobs);
        return true;
    }

    public static async Task<bool> ReleaseSegmentsAsync(
        LedgerTransaction transaction, IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await Held(transaction.Db.Segments, lease).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.LeaseUntil, (DateTimeOffset?)null)
                    .SetProperty(row => row.State, SegmentState.Ready)
                    .SetProperty(row => row.Attempt, row => row.Attempt - 1),
                cancellationToken);
        }

        transaction.MakesReady(ReadyWork.Segments);
        return true;
    }

    private static IQueryable<T> Held<T>(IQueryable<T> rows, Lease lease)
        where T : ClaimableRow =>
        rows.Where(
            row =>
                row.Id == lease.RowId && row.LeaseToken == lease.FencingToken && row.LeaseOwner == lease.Worker && row.LeaseUntil != null);
}
