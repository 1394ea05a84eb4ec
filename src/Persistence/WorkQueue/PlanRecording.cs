using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Stores what came of planning jobs.</summary>
internal static class PlanRecording
{
    public static async Task<IReadOnlyList<StoredPlan>> RecordAsync(
        LedgerTransaction transaction, IReadOnlyList<PlanResult> results, LedgerOptions options, CancellationToken cancellationToken)
    {
        var jobs = (await transaction.LockJobsAsync([.. results.Select(result => result.Claim.Lease.RowId)], cancellationToken))
            .ToDictionary(job => job.Id);
        var stores = new Dictionary<Guid, Guid?>();
        var stored = new bool[results.Count];
        var kept = new SegmentRow?[results.Count];
        for (var index = 0; index < results.Count; index++)
        {
            var (claim, outcome, lease) = results[index];
            var job = jobs.GetValueOrDefault(claim.Lease.RowId);
            if (job is null || !await Crashes.IsHeldAsync(transaction, job, claim.Lease, cancellationToken))
            {
                stored[index] = job?.RecordedToken == claim.Lease.FencingToken;
                // The answer to a commit got lost: what was claimed then is ours.
                if (stored[index] && lease is not null)
                    kept[index] = await KeptAsync(transaction, job!, claim.Lease.Worker, cancellationToken);
                continue;
            }

            // The worker that planned the job has its media.
            if (outcome is StageOutcome.Planned && !stores.ContainsKey(claim.Lease.Worker))
                stores[claim.Lease.Worker] = (await Workers.MediaStoresAsync(transaction, claim.Lease.Worker, cancellationToken)).Own;
            kept[index] = await RecordAsync(transaction, job, results[index], stores, options, cancellationToken);
            stored[index] = true;
        }

        // Rows get their numbers.
        if (kept.Any(segment => segment is not null)) await transaction.SaveAsync(cancellationToken);
        return [.. results.Select((result, index) => new StoredPlan(stored[index], Claimed(result, kept[index])))];
    }

    private static SegmentClaim? Claimed(PlanResult result, SegmentRow? kept)
    {
        if (kept is null || result.Outcome is not StageOutcome.Planned plan) return null;
        var segment = new SegmentJob
        {
            JobId = result.Claim.JobId,
            Source = result.Claim.Job.Source,
            Media = plan.Media,
            Task = plan.Task,
            Options = result.Claim.Job.Options,
            Segment = kept.Reference,
            Question = result.Claim.Job.Question,
        };
        return new(kept.Lease, segment, kept.Attempt, kept.CrashCount)
        {
            IsOnly = true,
            Corpus = result.Claim.Corpus,
        };
    }

    private static async Task<SegmentRow?> KeptAsync(
        LedgerTransaction transaction, JobRow job, Guid worker, CancellationToken cancellationToken) =>
        await transaction.Db.Segments.FirstOrDefaultAsync(
            segment => segment.JobId == job.Id && segment.LeaseOwner == worker && segment.LeaseToken == 1 && segment.LeaseUntil != null,
            cancellationToken);

    /// <returns>The segment that stays with the worker; null for none.</returns>
    private static async Task<SegmentRow?> RecordAsync(
        LedgerTransaction transaction, JobRow job, PlanResult result, Dictionary<Guid, Guid?> stores, LedgerOptions options,
        CancellationToken cancellationToken)
    {
        var (claim, outcome, kept) = result;
        job.RecordedToken = claim.Lease.FencingToken;
        job.LeaseUntil = null;
        switch (outcome)
        {
            case StageOutcome.Planned planned:
                var segments = Plan(transaction, job, planned, stores[claim.Lease.Worker]);
                if (kept is not { } lease)
                {
                    transaction.MakesReady(ReadyWork.Segments);
                    return null;
                }

                segments[0].Claim(claim.Lease.Worker, Guid.NewGuid(), transaction.Now + lease);
                return segments[0];
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
                throw new ArgumentException($"A plan does not end as {outcome.GetType().Name}.", nameof(result));
        }

        return null;
    }

    /// <summary>Stores the jobs of an archive's files, and ends the archive's own.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="claim">The archive's job.</param>
    /// <param name="opened">What came of it.</param>
    /// <param name="files">Its files, in the same order.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public static async Task<bool> RecordOpenedAsync(
        LedgerTransaction transaction, JobClaim claim, StageOutcome.Opened opened, IReadOnlyList<JobSubmission> files,
        CancellationToken cancellationToken)
    {
        var job = await transaction.LockJobAsync(claim.Lease.RowId, cancellationToken);
        if (job is null || !job.IsHeldBy(claim.Lease))
            return job?.RecordedToken == claim.Lease.FencingToken;

        job.RecordedToken = claim.Lease.FencingToken;
        job.PlannedAt = transaction.Now;
        job.MediaSha256 = opened.Sha256;
        var outcomes = await Submission.SubmitAsync(
            transaction,
            [.. files.Select(file => file with { CorpusRunId = job.CorpusRunId, ArchiveId = job.Id })],
            cancellationToken);
        // A file that was there before in an archive of the same name: its job is this archive's from now on.
        var earlier = outcomes.Where(outcome => outcome.Result != SubmitResult.Accepted).Select(outcome => outcome.JobId).ToList();
        if (earlier.Count > 0)
        {
            await transaction.Db.Jobs.Where(row => earlier.Contains(row.JobId) && row.ArchiveId != null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ArchiveId, job.Id), cancellationToken);
        }

        job.Detail = (earlier.Count == 0 ? opened.Detail : $"{opened.Detail} {Wording.DoneBefore(earlier.Count)}")
            .Storable(ColumnLengths.Detail);
        await JobClosing.EndAsync(transaction, job, opened.HasGaps ? JobState.CompletedWithGaps : JobState.Completed, cancellationToken);
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

    private static List<SegmentRow> Plan(LedgerTransaction transaction, JobRow job, StageOutcome.Planned plan, Guid? store)
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
        // A question needs no file: any worker may go on with it.
        if (job.Question is not null) store = null;
        var rows = plan.Segments.Select(segment => NewSegment(job, segment, store, transaction.Now)).ToList();
        if (plan.Synthesis is { } synthesis)
        {
            var last = NewSegment(job, synthesis, store, transaction.Now);
            last.AwaitsOthers = true;
            rows.Add(last);
        }

        foreach (var row in rows) transaction.Add(row);
        return rows;
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
