using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Steps;

/// <summary>
/// The steps of agents' jobs. One method is one operation and one commit; every method may be repeated without harm.
/// </summary>
public sealed class StepLedger
{
    private readonly LedgerDatabase _database;

    internal StepLedger(LedgerDatabase database) => _database = database;

    /// <summary>The steps of a job, for the worker that holds the lease of its segment.</summary>
    public IStepLog Of(SegmentClaim claim) => new StepLog(_database, claim);

    /// <summary>The steps of a job, in order, those that a retry has replaced before theirs; empty for a job that has none.</summary>
    public Task<IReadOnlyList<StepRecord>> ListAsync(Guid jobId, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StepRecord>>(async (db, token) =>
        {
            var rows = await db.Steps.AsNoTracking()
                .Where(step => db.Jobs.Any(job => job.Id == step.JobId && job.JobId == jobId))
                .OrderBy(step => step.Number)
                .ThenBy(step => step.Id)
                .ToListAsync(token);
            return [.. rows.Select(row => row.ToRecord())];
        }, cancellationToken);

    /// <summary>The steps of some jobs that wait for a person, the oldest first.</summary>
    public Task<IReadOnlyList<AwaitingStep>> ListAwaitingAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            (db, token) => AwaitingAsync(db, db.Jobs.Where(job => jobs.Contains(job.JobId)), int.MaxValue, token), cancellationToken);

    /// <summary>Steps of jobs that have not ended which wait for a person, the oldest first.</summary>
    public Task<IReadOnlyList<AwaitingStep>> ListAwaitingAsync(int count, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            (db, token) => AwaitingAsync(db, db.Jobs.Where(job => job.State == JobState.Analysing), count, token), cancellationToken);

    private static async Task<IReadOnlyList<AwaitingStep>> AwaitingAsync(
        LedgerDbContext db, IQueryable<JobRow> jobs, int count, CancellationToken cancellationToken)
    {
        var rows = await db.Steps.AsNoTracking()
            .Where(step => step.State == StepState.Awaiting && step.ReplacedAt == null)
            .Where(step => step.Starts > 0 ? step.Verdict == null : step.Approved == null)
            .Join(jobs, step => step.JobId, job => job.Id, (step, job) => new { step, job.JobId, job.Source })
            .OrderBy(row => row.step.Id)
            .Take(count)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => new AwaitingStep(row.JobId, row.Source, row.step.ToRecord()))];
    }

    /// <summary>Stores a person's decision on a step that waits, and makes its job ready again.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="number">The step.</param>
    /// <param name="approved">Whether it may be done.</param>
    /// <param name="argumentsSha256">What the person saw: <see cref="StepRecord.ArgumentsSha256"/>.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<StepDecision> DecideAsync(
        Guid jobId, int number, bool approved, string argumentsSha256, string by, CancellationToken cancellationToken) =>
        _database.WriteAsync(async (transaction, token) =>
        {
            if (await transaction.LockJobAsync(jobId, token) is not { } job) return StepDecision.Missing;
            if (await StandingAsync(transaction, job, number, token) is not { } step) return StepDecision.Missing;
            if (step.ArgumentsSha256 != argumentsSha256) return StepDecision.OtherArguments;
            if (step.Approved is { } before) return before == approved ? StepDecision.Taken : StepDecision.NotAwaiting;
            if (step.State != StepState.Awaiting || step.Starts > 0) return StepDecision.NotAwaiting;
            step.Approved = approved;
            await TakeAsync(transaction, job, step, by, approved ? "approve" : "refuse", token);
            return StepDecision.Taken;
        }, cancellationToken);

    /// <summary>
    /// Stores what a person says of an effect that may have happened, and makes its job ready again when it waits for that. Who said what
    /// and when stays in the audit.
    /// </summary>
    /// <param name="jobId">The job.</param>
    /// <param name="number">The step.</param>
    /// <param name="verdict">What has happened, or what is to be done.</param>
    /// <param name="argumentsSha256">What the person saw: <see cref="StepRecord.ArgumentsSha256"/>.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<StepDecision> SettleAsync(
        Guid jobId, int number, StepVerdict verdict, string argumentsSha256, string by, CancellationToken cancellationToken) =>
        _database.WriteAsync(async (transaction, token) =>
        {
            if (await transaction.LockJobAsync(jobId, token) is not { } job) return StepDecision.Missing;
            if (await StandingAsync(transaction, job, number, token) is not { } step) return StepDecision.Missing;
            if (step.ArgumentsSha256 != argumentsSha256) return StepDecision.OtherArguments;
            if (step.Verdict is { } before) return before == verdict ? StepDecision.Taken : StepDecision.NotAwaiting;
            var waits = step.State == StepState.Awaiting && step.Starts > 0;
            // Of a job that has its report nothing is done any more; what has happened can be put down all the same.
            var isOver = job.State is JobState.Completed or JobState.CompletedWithGaps;
            if (!waits && (step.State != StepState.Unknown || (isOver && verdict == StepVerdict.Again))) return StepDecision.NotAwaiting;
            step.Verdict = verdict;
            await TakeAsync(transaction, job, step, by, "settle", token, $": {verdict.ToString().ToLowerInvariant()}");
            return StepDecision.Taken;
        }, cancellationToken);

    private static Task<StepRow?> StandingAsync(
        LedgerTransaction transaction, JobRow job, int number, CancellationToken cancellationToken) =>
        transaction.Db.Steps.SingleOrDefaultAsync(
            row => row.JobId == job.Id && row.Number == number && row.ReplacedAt == null, cancellationToken);

    private static async Task TakeAsync(
        LedgerTransaction transaction, JobRow job, StepRow step, string by, string action, CancellationToken cancellationToken,
        string said = "")
    {
        step.DecidedBy = by.Storable(ColumnLengths.Name);
        step.DecidedAt = transaction.Now;
        await transaction.Db.Segments
            .Where(segment => segment.JobId == job.Id && segment.State == SegmentState.Ready)
            .ExecuteUpdateAsync(set => set.SetProperty(segment => segment.RunAt, transaction.Now), cancellationToken);
        transaction.MakesReady(ReadyWork.Segments);
        Audit.Add(transaction, by, action, job.JobId, $"step {step.Number}: {step.Tool} {step.ArgumentsSha256[..12]}{said}");
    }
}
