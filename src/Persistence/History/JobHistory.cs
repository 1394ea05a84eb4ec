using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.History;

/// <summary>What happened to a job, from the rows that tell of it.</summary>
internal static class JobHistory
{
    /// <returns>The oldest first; null when there is no such job.</returns>
    public static async Task<IReadOnlyList<JobEvent>?> ReadAsync(LedgerDbContext db, Guid jobId, CancellationToken cancellationToken)
    {
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.JobId == jobId, cancellationToken);
        if (job is null) return null;
        var segments = await db.Segments.AsNoTracking().Where(row => row.JobId == job.Id).ToListAsync(cancellationToken);
        var numbers = segments.ToDictionary(segment => segment.Id, segment => segment.Number);
        List<JobEvent> events =
        [
            .. OfJob(job),
            .. segments.SelectMany(OfSegment),
            .. await AskedAgainAsync(db, job, cancellationToken),
            .. await AuditedAsync(db, jobId, cancellationToken),
            .. await CrashesAsync(db, job, numbers, cancellationToken),
            .. await InsightsAsync(db, job, cancellationToken),
        ];
        return [.. events.OrderBy(entry => entry.At).ThenBy(entry => entry.Kind)];
    }

    private static IEnumerable<JobEvent> OfJob(JobRow job)
    {
        yield return new() { At = job.CreatedAt, Kind = JobEventKind.Submitted, Detail = job.CorrelationId };
        if (job.PlannedAt is { } planned)
        {
            yield return new()
            {
                At = planned,
                Kind = JobEventKind.Planned,
                Detail = job.TaskName is null
                    ? null
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{job.TaskName} ({job.TaskVersion}), {job.Planned} segment{(job.Planned == 1 ? "" : "s")}"),
            };
        }

        if (job is { State: JobState.Accepted, Attempt: > 0, LeaseUntil: null })
            yield return new() { At = job.RunAt, Kind = JobEventKind.PutOff, Detail = Told(job) };
        if (job.FinishedAt is { } ended)
        {
            yield return new()
            {
                At = ended,
                Kind = JobEventKind.Ended,
                Detail = Said(Spelling.Of(job.State), NameOf(job.Reason), job.Detail),
            };
        }
    }

    private static IEnumerable<JobEvent> OfSegment(SegmentRow segment)
    {
        if (segment is { State: SegmentState.Ready, Detail: not null })
            yield return new() { At = segment.RunAt, Kind = JobEventKind.PutOff, Segment = segment.Number, Detail = Told(segment) };
        if (segment is { FinishedAt: { } ended, State: not SegmentState.Done })
        {
            yield return new()
            {
                At = ended,
                Kind = JobEventKind.Failed,
                Segment = segment.Number,
                Detail = Said(Spelling.Of(segment.State), NameOf(segment.Reason), Told(segment)),
                Answer = segment.RawAnswer,
            };
        }
    }

    private static async Task<IEnumerable<JobEvent>> AskedAgainAsync(LedgerDbContext db, JobRow job, CancellationToken cancellationToken)
    {
        var followers = await db.Followers.AsNoTracking().Where(row => row.JobId == job.Id).ToListAsync(cancellationToken);
        return followers.Select(follower => new JobEvent
        {
            At = follower.CreatedAt,
            Kind = JobEventKind.AskedAgain,
            Detail = Said(follower.SubmittedId.ToString(), follower.CorrelationId),
        });
    }

    private static async Task<IEnumerable<JobEvent>> AuditedAsync(LedgerDbContext db, Guid jobId, CancellationToken cancellationToken)
    {
        var acts = await db.Audit.AsNoTracking().Where(row => row.JobId == jobId).ToListAsync(cancellationToken);
        return acts.Select(act => new JobEvent
        {
            At = act.At,
            Kind = act.Action switch
            {
                "cancel" => JobEventKind.Cancelled,
                "approve" => JobEventKind.Approved,
                "refuse" => JobEventKind.Refused,
                "settle" => JobEventKind.Settled,
                _ => JobEventKind.Retried,
            },
            Actor = act.Actor,
            Detail = act.Detail,
        });
    }

    private static async Task<IEnumerable<JobEvent>> CrashesAsync(
        LedgerDbContext db, JobRow job, Dictionary<long, int> numbers, CancellationToken cancellationToken)
    {
        var crashes = await db.Crashes.AsNoTracking()
            .Where(row => row.JobId == job.Id || db.Segments.Any(segment => segment.Id == row.SegmentId && segment.JobId == job.Id))
            .ToListAsync(cancellationToken);
        return crashes.Select(crash => new JobEvent
        {
            At = crash.At,
            Kind = JobEventKind.Crashed,
            Segment = crash.SegmentId is { } segment ? numbers.GetValueOrDefault(segment) : null,
            Actor = crash.Worker.ToString(),
            Detail = crash.Company == 1
                ? "It was alone in the worker."
                : string.Create(CultureInfo.InvariantCulture, $"{crash.Company - 1} others were in flight in the worker."),
        });
    }

    private static async Task<IEnumerable<JobEvent>> InsightsAsync(LedgerDbContext db, JobRow job, CancellationToken cancellationToken)
    {
        var insights = await db.Insights.AsNoTracking().Where(row => row.JobId == job.Id)
            .Select(row => new
            {
                row.Id,
                row.Number,
                row.CreatedAt,
                row.Model,
                row.Note,
                row.Usage.InputTokens,
                row.Usage.OutputTokens,
                row.Usage.ModelMilliseconds,
            }).ToListAsync(cancellationToken);
        var reviews = await db.Reviews.AsNoTracking().Where(row => db.Insights.Any(
            insight => insight.Id == row.InsightId && insight.JobId == job.Id)).ToListAsync(cancellationToken);
        var answered = insights.Select(insight => new JobEvent
        {
            At = insight.CreatedAt,
            Kind = JobEventKind.Answered,
            Segment = insight.Number,
            Actor = insight.Model,
            Detail = Said(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{insight.InputTokens} tokens in, {insight.OutputTokens} out, {insight.ModelMilliseconds / 1000.0:0.0} s"),
                insight.Note),
        });
        return answered.Concat(reviews.Select(review => new JobEvent
        {
            At = review.At,
            Kind = JobEventKind.Reviewed,
            Segment = insights.Find(insight => insight.Id == review.InsightId)?.Number,
            Actor = review.Reviewer,
            Detail = string.Join(
                ", ",
                LedgerJson.Read<List<FieldReview>>(review.Fields).Select(field => $"{LedgerJson.Name(field.Verdict)} {field.Pointer}")),
        }));
    }

    private static string? NameOf(RejectionReason? reason) => reason is { } why ? Spelling.Of(why) : null;

    private static string Told(ClaimableRow row) => Said(
        row.Detail,
        row.Attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $"{row.Attempt} attempts") : null)!;

    private static string? Said(params string?[] parts)
    {
        var said = string.Join(": ", parts.Where(part => part is { Length: > 0 }));
        return said.Length == 0 ? null : said;
    }
}
