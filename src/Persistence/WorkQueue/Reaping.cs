using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>
/// Takes rows from workers that have not been heard of. A crash is not an attempt: the item may be innocent. It is taken back when the
/// worker is heard of again, and it ends in quarantine only when the worker is dead for certain. A lease that ran out although its worker
/// is heard of is no crash at all.
/// </summary>
internal static class Reaping
{
    private enum Verdict
    {
        NoCrash,
        TryAgain,

        /// <summary>It would end in quarantine, and its worker may only be silent.</summary>
        Wait,
        Quarantine,
    }

    public const int MaxRows = 1000;

    // A machine that is gone says nothing any more, and neither does one that is cut off: after so long it is taken for dead.
    private static readonly TimeSpan CertainAfter = TimeSpan.FromMinutes(15);

    /// <summary>The rows that are to be taken, and why.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="mayJudge">
    /// False takes only from workers that are known to be dead: others may not have been able to say that they live, or to extend what they
    /// hold.
    /// </param>
    /// <param name="cancellationToken">Stops the call.</param>
    public static async Task<(List<(long Row, Loss Loss)> Jobs, List<(long Row, Loss Loss)> Segments)> FindAsync(
        LedgerTransaction transaction, bool mayJudge, CancellationToken cancellationToken)
    {
        var jobs = await LeasedAsync<JobRow>(transaction, cancellationToken);
        var segments = await LeasedAsync<SegmentRow>(transaction, cancellationToken);
        var losses = new Dictionary<Guid, Loss>();
        foreach (var held in jobs.Concat(segments).GroupBy(row => row.Owner))
        {
            var worker = await KnownAsync(transaction, held.Key, held.Max(row => row.Until), cancellationToken);
            if (worker.IsDead || (mayJudge && worker.IsSilent(transaction.Now)))
            {
                worker.HeldRows ??= held.Count();
                losses[worker.Id] = new(worker.Id, worker.HeldRows.Value, IsCertain(worker, transaction.Now));
            }
            else if (mayJudge)
            {
                losses[worker.Id] = new(worker.Id, 0, false);
            }
        }

        return (Lost(jobs), Lost(segments));

        List<(long Row, Loss Loss)> Lost(List<Held> rows) =>
        [
            .. rows.Where(row => losses.TryGetValue(row.Owner, out var loss) && (loss.IsCrash || row.Until < transaction.Now))
                .Select(row => (row.Row, losses[row.Owner]))
                .Take(MaxRows)
        ];
    }

    /// <summary>Every worker that holds something is dead: for a ledger that only this process works on.</summary>
    public static async Task<int> DeclareAllDeadAsync(LedgerTransaction transaction, CancellationToken cancellationToken)
    {
        await transaction.Db.Outbox.Where(message => message.SentAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(message => message.LeasedUntil, (DateTimeOffset?)null), cancellationToken);
        var held = (await LeasedAsync<JobRow>(transaction, cancellationToken))
            .Concat(await LeasedAsync<SegmentRow>(transaction, cancellationToken))
            .Select(row => row.Owner)
            .Distinct()
            .ToList();
        foreach (var owner in held)
            (await KnownAsync(transaction, owner, transaction.Now, cancellationToken)).IsDead = true;
        return held.Count;
    }

    /// <summary>Ends one job's lease.</summary>
    /// <returns>False when it is kept: extended or its outcome stored meanwhile, or not to be judged yet.</returns>
    public static async Task<bool> ReapJobAsync(
        LedgerTransaction transaction, long rowId, Loss loss, LedgerOptions options, CancellationToken cancellationToken)
    {
        var job = await transaction.LockJobAsync(rowId, cancellationToken);
        if (job is null || !await IsLostAsync(transaction, job, loss, cancellationToken))
            return false;

        switch (Judge(job, loss))
        {
            case Verdict.NoCrash:
                GiveBack(transaction, job);
                return true;
            case Verdict.TryAgain:
                CountCrash(transaction, job, new() { JobId = job.Id }, loss, options);
                return true;
            case Verdict.Quarantine:
                await ConvictAsync(transaction, job, cancellationToken);
                await JobClosing.EndAsync(transaction, job, JobState.Quarantined, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Ends one segment's lease.</summary>
    /// <returns>False when it is kept: extended or its outcome stored meanwhile, or not to be judged yet.</returns>
    public static async Task<bool> ReapSegmentAsync(
        LedgerTransaction transaction, long rowId, Loss loss, LedgerOptions options, CancellationToken cancellationToken)
    {
        var jobId = await transaction.Db.Segments.Where(row => row.Id == rowId)
            .Select(row => row.JobId)
            .SingleOrDefaultAsync(cancellationToken);
        var job = await transaction.LockJobAsync(jobId, cancellationToken);
        var segment = await transaction.LockSegmentAsync(rowId, cancellationToken);
        if (job is null || segment is null || !await IsLostAsync(transaction, segment, loss, cancellationToken))
            return false;

        switch (Judge(segment, loss))
        {
            case Verdict.NoCrash:
                GiveBack(transaction, segment);
                return true;
            case Verdict.TryAgain:
                CountCrash(transaction, segment, new() { SegmentId = segment.Id }, loss, options);
                return true;
            case Verdict.Quarantine:
                await ConvictAsync(transaction, segment, cancellationToken);
                segment.End(SegmentState.Quarantined, transaction.Now);
                job.Count(SegmentState.Quarantined, 1);
                await JobClosing.SettleAsync(transaction, job, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private static Verdict Judge(ClaimableRow row, Loss loss)
    {
        if (!loss.IsCrash)
            return Verdict.NoCrash;
        if (!SuspectPolicy.Convicts(row.CrashCount + 1, loss.Company))
            return Verdict.TryAgain;
        return loss.IsCertain ? Verdict.Quarantine : Verdict.Wait;
    }

    private static Task<List<Held>> LeasedAsync<T>(LedgerTransaction transaction, CancellationToken cancellationToken)
        where T : ClaimableRow =>
        transaction.Db.Set<T>().Where(row => row.LeaseUntil != null && row.LeaseOwner != null).OrderBy(row => row.Id)
            .Select(row => new Held(row.Id, row.LeaseOwner!.Value, row.LeaseUntil!.Value))
            .ToListAsync(cancellationToken);

    /// <summary>A worker of an earlier version of this program does not say that it lives: its leases say so.</summary>
    private static async Task<WorkerRow> KnownAsync(
        LedgerTransaction transaction, Guid id, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var worker = await transaction.Db.Workers.SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (worker is null)
        {
            worker = new() { Id = id, StartedAt = transaction.Now, AliveUntil = until };
            transaction.Db.Workers.Add(worker);
        }
        else if (worker.Machine is null && !worker.IsDead)
        {
            worker.AliveUntil = until;
        }

        return worker;
    }

    private static bool IsCertain(WorkerRow worker, DateTimeOffset now) => worker.IsDead || worker.AliveUntil + CertainAfter < now;

    private static async Task<bool> IsLostAsync(
        LedgerTransaction transaction, ClaimableRow row, Loss loss, CancellationToken cancellationToken)
    {
        if (row.LeaseUntil is null || row.LeaseOwner != loss.Worker)
            return false;
        if (!loss.IsCrash)
            return row.LeaseUntil < transaction.Now;
        var worker = await transaction.Db.Workers.AsNoTracking().SingleOrDefaultAsync(each => each.Id == loss.Worker, cancellationToken);
        return worker?.IsSilent(transaction.Now) == true;
    }

    private static void GiveBack(LedgerTransaction transaction, ClaimableRow row)
    {
        row.Attempt--;
        row.MakeReady(transaction.Now);
        transaction.MakesReady(row is JobRow ? ReadyWork.Jobs : ReadyWork.Segments);
    }

    private static void CountCrash(LedgerTransaction transaction, ClaimableRow row, CrashRow crash, Loss loss, LedgerOptions options)
    {
        crash.Worker = loss.Worker;
        crash.Company = loss.Company;
        crash.At = transaction.Now;
        transaction.Db.Crashes.Add(crash);
        row.CrashCount++;
        row.Attempt--;
        row.Detail = Wording.Crashed(row.CrashCount);
        row.MakeReady(transaction.Now + BackOff.Delay(options, row.CrashCount, row.Id));
    }

    private static Task ConvictAsync(LedgerTransaction transaction, ClaimableRow row, CancellationToken cancellationToken)
    {
        row.CrashCount++;
        row.Attempt--;
        row.Detail = Wording.Crashed(row.CrashCount);
        return Crashes.ConvictAsync(transaction, row, cancellationToken);
    }

    private sealed record Held(long Row, Guid Owner, DateTimeOffset Until);
}
