using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Steps;

/// <summary>The steps of one job under one claim: whoever holds an older one writes nothing.</summary>
internal sealed class StepLog(LedgerDatabase database, SegmentClaim claim) : IStepLog
{
    public Task<(IReadOnlyList<StepRecord> Steps, DateTimeOffset Now)> ReadAsync(CancellationToken cancellationToken) =>
        WriteAsync<(IReadOnlyList<StepRecord> Steps, DateTimeOffset Now)>(async (transaction, job, token) =>
        {
            var rows = await transaction.Db.Steps.AsNoTracking()
                .Where(step => step.JobId == job)
                .OrderBy(step => step.Number)
                .ThenBy(step => step.Id)
                .ToListAsync(token);
            return ([.. rows.Select(row => row.ToRecord())], transaction.Now);
        }, cancellationToken);

    public Task<StepRecord> PlanAsync(StepRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WriteAsync(async (transaction, job, token) =>
        {
            var stored = await transaction.Db.Steps.SingleOrDefaultAsync(
                step => step.JobId == job && step.Number == request.Number && step.ReplacedAt == null, token);
            if (stored is not null)
            {
                return stored.ArgumentsSha256 == request.ArgumentsSha256
                    ? stored.ToRecord()
                    : throw new InvalidOperationException(
                        $"Step {request.Number} of the job is stored as {stored.Kind} {stored.Tool} with other arguments than it comes to "
                        + "now: the job was begun by another version of this program. Submit the question again.");
            }

            stored = new()
            {
                JobId = job,
                Number = request.Number,
                Kind = request.Kind,
                Tool = request.Tool?.Storable(ColumnLengths.Name),
                Arguments = request.Arguments.Storable(),
                ArgumentsSha256 = request.ArgumentsSha256,
                Effect = request.Effect,
                State = StepState.Planned,
                PlannedAt = transaction.Now,
            };
            transaction.Db.Steps.Add(stored);
            return stored.ToRecord();
        }, cancellationToken);
    }

    public Task<StepRecord> BeginAsync(int number, CancellationToken cancellationToken) =>
        ChangeAsync(number, (step, now) =>
        {
            step.State = StepState.Running;
            step.StartedAt = now;
            step.Starts++;
            // What was said was said of the start before; the audit keeps it.
            step.Verdict = null;
            step.Worker = claim.Lease.Worker;
            step.LeaseToken = claim.Lease.FencingToken;
        }, cancellationToken);

    public Task<StepRecord> AwaitAsync(int number, CancellationToken cancellationToken) =>
        ChangeAsync(number, (step, now) =>
        {
            step.State = StepState.Awaiting;
            step.StartedAt ??= now;
        }, cancellationToken);

    public Task<StepRecord> EndAsync(int number, StepEnd outcome, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return ChangeAsync(number, (step, now) =>
        {
            step.State = outcome.State;
            step.Result = outcome.Result.Storable();
            step.EndedAt = now;
            step.Bytes = outcome.Bytes;
            if (outcome.Usage is { } usage)
            {
                step.InputTokens = usage.InputTokens;
                step.CachedInputTokens = usage.CachedInputTokens;
                step.OutputTokens = usage.OutputTokens;
                step.ModelMilliseconds = usage.ModelMilliseconds;
            }

            outcome.PutInPlace?.Invoke();
        }, cancellationToken);
    }

    /// <summary>What has ended stays as it is.</summary>
    private Task<StepRecord> ChangeAsync(int number, Action<StepRow, DateTimeOffset> change, CancellationToken cancellationToken) =>
        WriteAsync(async (transaction, job, token) =>
        {
            var step = await transaction.Db.Steps.SingleAsync(
                row => row.JobId == job && row.Number == number && row.ReplacedAt == null, token);
            if (!step.HasEnded) change(step, transaction.Now);
            return step.ToRecord();
        }, cancellationToken);

    private async Task<T> WriteAsync<T>(
        Func<LedgerTransaction, long, CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(async (transaction, token) =>
            {
                var job = await transaction.LockJobAsync(claim.JobId, token) ?? throw new StepsLostException();
                var segment = await transaction.LockSegmentAsync(claim.Lease.RowId, token);
                if (segment is null || !await Crashes.IsHeldAsync(transaction, segment, claim.Lease, token))
                    throw new StepsLostException();
                return await operation(transaction, job.Id, token);
            }, cancellationToken);
        }
        catch (LedgerUnavailableException away)
        {
            throw new StepsAwayException(away.Message, away);
        }
    }
}
