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

    /// <summary>The steps of a job, in order; empty for a job that has none.</summary>
    public Task<IReadOnlyList<StepRecord>> ListAsync(Guid jobId, CancellationToken cancellationToken) =>
        _database.ReadAsync<IReadOnlyList<StepRecord>>(async (db, token) =>
        {
            var rows = await db.Steps.AsNoTracking()
                .Where(step => db.Jobs.Any(job => job.Id == step.JobId && job.JobId == jobId))
                .OrderBy(step => step.Number)
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
            .Where(step => step.State == StepState.Awaiting && step.Approved == null)
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
            var step = await transaction.Db.Steps.SingleOrDefaultAsync(row => row.JobId == job.Id && row.Number == number, token);
            if (step is null) return StepDecision.Missing;
            if (step.ArgumentsSha256 != argumentsSha256) return StepDecision.OtherArguments;
            if (step.Approved is { } before) return before == approved ? StepDecision.Taken : StepDecision.NotAwaiting;
            if (step.State != StepState.Awaiting) return StepDecision.NotAwaiting;
            step.Approved = approved;
            step.DecidedBy = by.Storable(ColumnLengths.Name);
            step.DecidedAt = transaction.Now;
            await transaction.Db.Segments
                .Where(segment => segment.JobId == job.Id && segment.State == SegmentState.Ready)
                .ExecuteUpdateAsync(set => set.SetProperty(segment => segment.RunAt, transaction.Now), token);
            transaction.MakesReady(ReadyWork.Segments);
            Audit.Add(transaction, by, approved ? "approve" : "refuse", jobId, $"step {number}: {step.Tool} {argumentsSha256[..12]}");
            return StepDecision.Taken;
        }, cancellationToken);
}
