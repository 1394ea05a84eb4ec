using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Stores what came of planning a job.</summary>
internal static class PlanRecording
{
    public static async Task<bool> RecordAsync(
        LedgerTransaction transaction, JobClaim claim, StageOutcome outcome, LedgerOptions options, CancellationToken cancellationToken)
    {
        var job = await transaction.LockJobAsync(claim.Lease.RowId, cancellationToken);
        if (job is null || !await Crashes.IsHeldAsync(transaction, job, claim.Lease, cancellationToken))
            return job?.RecordedToken == claim.Lease.FencingToken;

        job.RecordedToken = claim.Lease.FencingToken;
        job.LeaseUntil = null;
        switch (outcome)
        {
            case StageOutcome.Planned planned:
                await PlanAsync(transaction, job, planned, cancellationToken);
                break;
            case StageOutcome.Rejected rejected:
                await RejectAsync(transaction, job, rejected.Reason, rejected.Detail, cancellationToken);
                break;
            case StageOutcome.Deferred { CountsAsAttempt: true } deferred when job.Attempt >= options.MaxAttempts:
                await RejectAsync(
                    transaction,
                    job,
                    RejectionReason.AttemptsExhausted,
                    Wording.Exhausted(job.Attempt, deferred.Detail),
                    cancellationToken);
                break;
            case StageOutcome.Deferred deferred:
                Defer(transaction, job, deferred.Delay, deferred.CountsAsAttempt, options);
                job.Detail = deferred.Detail.Storable(ColumnLengths.Detail);
                break;
            default:
                throw new ArgumentException($"A plan does not end as {outcome.GetType().Name}.", nameof(outcome));
        }
        return true;
    }

    /// <summary>Makes a row ready for later.</summary>
    public static void Defer(LedgerTransaction transaction, ClaimableRow row, TimeSpan delay, bool countsAsAttempt, LedgerOptions options)
    {
        var backOff = BackOff.Delay(options, row.Attempt, row.Id);
        if (!countsAsAttempt)
        {
            // Not the item's fault: no longer than asked for.
            row.Attempt--;
            backOff = TimeSpan.Zero;
        }
        row.MakeReady(transaction.Now + (delay > backOff ? delay : backOff));
    }

    private static async Task PlanAsync(
        LedgerTransaction transaction, JobRow job, StageOutcome.Planned plan, CancellationToken cancellationToken)
    {
        if (plan.Segments.Count == 0)
        {
            throw new ArgumentException(
                $"The plan of job {job.JobId} has no segments. A source with nothing to read is to be rejected.", nameof(plan));
        }

        job.State = JobState.Analysing;
        job.PlannedAt = transaction.Now;
        job.Detail = null;
        job.TaskName = plan.Task.Name;
        job.TaskVersion = plan.Task.Version;
        job.MediaKind = plan.Media.Kind;
        job.MediaSha256 = plan.Media.Sha256;
        job.Media = LedgerJson.Write(plan.Media);
        job.Planned = plan.Segments.Count + (plan.Synthesis is null ? 0 : 1);
        // The worker that planned the job has its media.
        var store = (await Workers.MediaStoresAsync(transaction, job.LeaseOwner!.Value, cancellationToken)).Own;
        transaction.Db.Segments.AddRange(plan.Segments.Select(segment => NewSegment(job, segment, store, transaction.Now)));
        if (plan.Synthesis is { } synthesis)
        {
            var row = NewSegment(job, synthesis, store, transaction.Now);
            row.AwaitsOthers = true;
            transaction.Db.Segments.Add(row);
        }
    }

    private static SegmentRow NewSegment(JobRow job, SegmentReference segment, Guid? store, DateTimeOffset now) => new()
    {
        JobId = job.Id,
        Number = segment.Number,
        Kind = segment.Kind,
        Page = segment.Page,
        StartSeconds = segment.StartSeconds,
        EndSeconds = segment.EndSeconds,
        State = SegmentState.Ready,
        MediaStore = store,
        Priority = job.Priority,
        RunAt = now,
        CreatedAt = now,
    };

    private static async Task RejectAsync(
        LedgerTransaction transaction, JobRow job, RejectionReason reason, string detail, CancellationToken cancellationToken)
    {
        job.Reason = reason;
        job.Detail = detail.Storable(ColumnLengths.Detail);
        await JobClosing.EndAsync(transaction, job, JobState.Rejected, cancellationToken);
    }
}
