using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Outbox;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>Stores what came of segments, and what follows for their jobs.</summary>
internal static class SegmentRecording
{
    /// <returns>For each, false when its lease was lost: nothing of it was stored.</returns>
    public static async Task<IReadOnlyList<bool>> RecordAsync(
        LedgerTransaction transaction, IReadOnlyList<(SegmentClaim Claim, StageOutcome Outcome)> results, LedgerOptions options,
        CancellationToken cancellationToken)
    {
        var jobs = (await transaction.LockJobsAsync([.. results.Select(result => result.Claim.Job.JobId)], cancellationToken))
            .ToDictionary(job => job.JobId);
        var segments = (await transaction.LockSegmentsAsync([.. results.Select(result => result.Claim.Lease.RowId)], cancellationToken))
            .ToDictionary(segment => segment.Id);
        var stored = new bool[results.Count];
        var settled = new HashSet<JobRow>();
        for (var index = 0; index < results.Count; index++)
        {
            var (claim, outcome) = results[index];
            var job = jobs.GetValueOrDefault(claim.Job.JobId);
            var segment = segments.GetValueOrDefault(claim.Lease.RowId);
            if (job is null || segment is null || !await Crashes.IsHeldAsync(transaction, segment, claim.Lease, cancellationToken))
            {
                stored[index] = segment?.RecordedToken == claim.Lease.FencingToken;
                continue;
            }

            segment.RecordedToken = claim.Lease.FencingToken;
            if (Record(transaction, job, segment, outcome, options)) settled.Add(job);
            stored[index] = true;
        }

        await JobClosing.SettleAsync(transaction, settled, cancellationToken);
        return stored;
    }

    /// <returns>True when the segment has ended.</returns>
    private static bool Record(
        LedgerTransaction transaction, JobRow job, SegmentRow segment, StageOutcome outcome, LedgerOptions options)
    {
        switch (outcome)
        {
            case StageOutcome.Completed completed:
                Complete(transaction, job, segment, completed);
                break;
            case StageOutcome.Rejected rejected:
                Fail(transaction, job, segment, rejected.Reason, rejected.Detail);
                segment.RawAnswer = rejected.RawAnswer?.Storable();
                Charge(job, rejected.Usage);
                break;
            case StageOutcome.Deferred { BreaksEngine: true } broken when segment.Attempt >= Math.Min(
                SuspectPolicy.MaxCrashes, options.MaxAttempts):
                Quarantine(transaction, job, segment, broken);
                break;
            case StageOutcome.Deferred { CountsAsAttempt: true } deferred when segment.Attempt >= options.MaxAttempts:
                Fail(transaction, job, segment, RejectionReason.AttemptsExhausted, Wording.Exhausted(segment.Attempt, deferred.Detail));
                Charge(job, deferred.Usage);
                break;
            case StageOutcome.Deferred deferred:
                Defer(transaction, segment, deferred, options);
                Charge(job, deferred.Usage);
                return false;
            default:
                throw new ArgumentException($"A segment does not end as {outcome.GetType().Name}.", nameof(outcome));
        }
        return true;
    }

    private static void Complete(LedgerTransaction transaction, JobRow job, SegmentRow segment, StageOutcome.Completed completed)
    {
        segment.End(SegmentState.Done, transaction.Now);
        segment.Reason = null;
        segment.Detail = null;
        segment.HasGaps = completed.HasGaps;
        job.Count(SegmentState.Done, 1);
        job.Charge(completed.Usage, 1);
        var lowest = LowestConfidence.Of(completed.Fields);
        if (lowest is { } least) job.LowestConfidence = Math.Min(least, job.LowestConfidence ?? 1);

        var stored = StorableText.StorableJson(completed.Insight.GetRawText());
        var insight = new InsightRow
        {
            JobId = job.Id,
            SegmentId = segment.Id,
            Number = segment.Number,
            TaskName = job.TaskName!,
            TaskVersion = job.TaskVersion!,
            Model = completed.Model.Storable(ColumnLengths.Model),
            Insight = stored,
            Fields = completed.Fields.Count == 0 ? null : LedgerJson.Write(completed.Fields),
            Note = completed.Note?.Storable(ColumnLengths.Detail),
            Names = completed.Names is { Count: > 0 } names ? LedgerJson.Write(names) : null,
            CreatedAt = transaction.Now,
            Usage = UsageRow.From(completed.Usage),
            Terms = InsightTerms.Row(LedgerJson.Element(stored)),
        };
        insight.Citations.AddRange(completed.Citations.Select(CitationRow.From));
        transaction.Add(insight);
        OutboxWriter.Add(transaction, new SegmentCompleted
        {
            JobId = job.JobId,
            CorrelationId = job.CorrelationId,
            Segment = segment.Number,
            LowestConfidence = lowest,
            Usage = completed.Usage,
        });
    }

    private static void Fail(LedgerTransaction transaction, JobRow job, SegmentRow segment, RejectionReason reason, string detail)
    {
        segment.End(SegmentState.Failed, transaction.Now);
        segment.Reason = reason;
        segment.Detail = detail.Storable(ColumnLengths.Detail);
        job.Count(SegmentState.Failed, 1);
    }

    private static void Quarantine(LedgerTransaction transaction, JobRow job, SegmentRow segment, StageOutcome.Deferred broken)
    {
        segment.End(SegmentState.Quarantined, transaction.Now);
        segment.Detail = Wording.BrokeEngine(segment.Attempt, broken.Detail).Storable(ColumnLengths.Detail);
        job.Count(SegmentState.Quarantined, 1);
        Charge(job, broken.Usage);
    }

    // Answers without an insight were paid for too.
    private static void Charge(JobRow job, Usage? usage)
    {
        if (usage is not null) job.Charge(usage, 1);
    }

    private static void Defer(LedgerTransaction transaction, SegmentRow segment, StageOutcome.Deferred deferred, LedgerOptions options)
    {
        PlanRecording.Defer(transaction, segment, deferred.Delay, deferred.CountsAsAttempt, options);
        segment.Detail = deferred.Detail.Storable(ColumnLengths.Detail);
    }
}
