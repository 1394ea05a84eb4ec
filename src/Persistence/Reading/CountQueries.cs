using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>The ledger in numbers.</summary>
internal static class CountQueries
{
    /// <summary>
    /// How long one count may take: every row of a table is looked at, and a hundred million take longer than the usual 30 seconds.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task<LedgerCounts> CountAsync(
        LedgerDbContext db, ILedgerDialect dialect, TimeSpan window, CancellationToken cancellationToken)
    {
        db.Database.SetCommandTimeout(Patience);
        var now = await dialect.NowAsync(db, cancellationToken);
        var kept = await KeptCounts.ReadAsync(db, cancellationToken);
        var (done, usage) = await InWindowAsync(db, now - window, cancellationToken);
        return new()
        {
            Jobs = Tally.Of<JobState>(Named<JobState>(kept, KeptCounts.Jobs)),
            Segments = Tally.Of<SegmentState>(Named<SegmentState>(kept, KeptCounts.Segments)),
            SegmentsDoneInWindow = done,
            UsageInWindow = usage,
            Failures = FailuresOf(kept),
            OldestJob = now - await OldestJobAsync(db, now, cancellationToken),
            OldestSegment = now - await OldestSegmentAsync(db, now, cancellationToken),
            OldestEvent = now - await db.Outbox.Where(message => message.SentAt == null).OrderBy(message => message.Id)
                .Select(message => (DateTimeOffset?)message.CreatedAt).FirstOrDefaultAsync(cancellationToken),
            UnsentEvents = await db.Outbox.LongCountAsync(message => message.SentAt == null, cancellationToken),
            RejectedMessages = await db.RejectedMessages.LongCountAsync(cancellationToken),
        };
    }

    /// <summary>How many jobs and segments wait for another attempt because something was missing.</summary>
    public static async Task<(long Jobs, long Segments)> CountPutOffAsync(LedgerDbContext db, CancellationToken cancellationToken) => (
        await db.Jobs.LongCountAsync(
            job => job.State == JobState.Accepted && job.LeaseUntil == null && job.Detail != null, cancellationToken),
        await db.Segments.LongCountAsync(
            segment => segment.State == SegmentState.Ready && !segment.AwaitsOthers && segment.Detail != null, cancellationToken));

    /// <summary>A job of which work was put off, and why.</summary>
    public static async Task<PutOffWork?> PutOffAsync(LedgerDbContext db, JobFilter filter, CancellationToken cancellationToken) =>
        await db.Jobs.Matching(filter, db)
            .Where(job => job.State == JobState.Accepted && job.Detail != null)
            .Select(job => new PutOffWork(job.JobId, job.Source, job.Detail!)).FirstOrDefaultAsync(cancellationToken)
        ?? await db.Jobs.Matching(filter, db)
            .Where(job => job.State == JobState.Analysing)
            .SelectMany(
                job =>
                    db.Segments.Where(segment => segment.JobId == job.Id && segment.State == SegmentState.Ready && segment.Detail != null),
                (job, segment) => new PutOffWork(job.JobId, job.Source, segment.Detail!))
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>The source of the oldest job that a worker holds now, with one of its segments or to plan it.</summary>
    public static async Task<string?> AtHandAsync(LedgerDbContext db, JobFilter filter, CancellationToken cancellationToken) =>
        await db.Jobs.Matching(filter, db)
            .Where(job => job.State == JobState.Analysing
                && db.Segments.Any(segment => segment.JobId == job.Id && segment.LeaseUntil != null))
            .OrderBy(job => job.Id)
            .Select(job => job.Source).FirstOrDefaultAsync(cancellationToken)
        ?? await db.Jobs.Matching(filter, db)
            .Where(job => job.LeaseUntil != null)
            .OrderBy(job => job.Id)
            .Select(job => job.Source).FirstOrDefaultAsync(cancellationToken);

    public static async Task<LedgerProgress> ProgressAsync(LedgerDbContext db, JobFilter filter, CancellationToken cancellationToken)
    {
        var groups = await db.Jobs.Matching(filter, db).GroupBy(job => job.State).Select(group => new
        {
            State = group.Key,
            Count = group.LongCount(),
            Planned = group.Sum(job => job.Planned),
            Done = group.Sum(job => job.Done),
            Failed = group.Sum(job => job.Failed),
            Quarantined = group.Sum(job => job.Quarantined),
            Cancelled = group.Sum(job => job.Cancelled),
            InputTokens = group.Sum(job => job.InputTokens),
            CachedInputTokens = group.Sum(job => job.CachedInputTokens),
            OutputTokens = group.Sum(job => job.OutputTokens),
            Pictures = group.Sum(job => job.Pictures),
            ModelMilliseconds = group.Sum(job => job.ModelMilliseconds),
        }).ToListAsync(cancellationToken);
        return new()
        {
            Jobs = Tally.Of(groups.Select(group => (group.State, group.Count))),
            Segments = new(
                groups.Sum(group => group.Planned),
                groups.Sum(group => group.Done),
                groups.Sum(group => group.Failed),
                groups.Sum(group => group.Quarantined),
                groups.Sum(group => group.Cancelled)),
            Usage = new()
            {
                InputTokens = JobRow.Saturated(groups.Sum(group => group.InputTokens)),
                CachedInputTokens = JobRow.Saturated(groups.Sum(group => group.CachedInputTokens)),
                OutputTokens = JobRow.Saturated(groups.Sum(group => group.OutputTokens)),
                Pictures = JobRow.Saturated(groups.Sum(group => group.Pictures)),
                ModelMilliseconds = groups.Sum(group => group.ModelMilliseconds),
            },
        };
    }

    private static async Task<(long Done, Usage Usage)> InWindowAsync(
        LedgerDbContext db, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var insights = db.Insights.Where(insight => insight.CreatedAt >= since);
        var found = await insights.GroupBy(_ => 1)
            .Select(group => new { Done = group.LongCount(), First = group.Min(insight => insight.Id) })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null) return (0, new());
        // From the first one on, by the key: else a database that knows little of times reads what all insights took. Joined by hand: each
        // sum over what is reached from an insight would be a query of its own.
        var used = await insights.Join(
                db.Set<UsageRow>().Where(usage => usage.InsightId >= found.First), insight => insight.Id, usage => usage.InsightId,
                (_, usage) => usage)
            .GroupBy(_ => 1)
            .Select(group => new
            {
                InputTokens = group.Sum(usage => (long)usage.InputTokens),
                CachedInputTokens = group.Sum(usage => (long)usage.CachedInputTokens),
                OutputTokens = group.Sum(usage => (long)usage.OutputTokens),
                Pictures = group.Sum(usage => (long)usage.Pictures),
                ModelMilliseconds = group.Sum(usage => usage.ModelMilliseconds),
            }).SingleOrDefaultAsync(cancellationToken);
        return used is null ? (found.Done, new()) : (found.Done, new()
        {
            InputTokens = JobRow.Saturated(used.InputTokens),
            CachedInputTokens = JobRow.Saturated(used.CachedInputTokens),
            OutputTokens = JobRow.Saturated(used.OutputTokens),
            Pictures = JobRow.Saturated(used.Pictures),
            ModelMilliseconds = used.ModelMilliseconds,
        });
    }

    private static IEnumerable<(T Name, long Count)> Named<T>(List<KeptCount> kept, string subject)
        where T : struct, Enum =>
        kept.Where(count => count.Subject == subject).Select(count => (Enum.Parse<T>(count.Name), count.Count));

    private static IReadOnlyList<FailureCount> FailuresOf(List<KeptCount> kept) =>
    [
        .. kept.Where(count => count.Subject == KeptCounts.Failures && count.Count > 0)
            .Select(count => new FailureCount(count.Name.Length == 0 ? null : Enum.Parse<RejectionReason>(count.Name), count.Count))
            .OrderByDescending(failure => failure.Count).ThenBy(failure => failure.Reason),
    ];

    private static Task<DateTimeOffset?> OldestJobAsync(LedgerDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Jobs.Where(row => row.State == JobState.Accepted && row.LeaseUntil == null && row.RunAt <= now)
            .MinAsync(row => (DateTimeOffset?)row.RunAt, cancellationToken);

    private static Task<DateTimeOffset?> OldestSegmentAsync(
        LedgerDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Segments.Where(row => row.State == SegmentState.Ready && !row.AwaitsOthers && row.RunAt <= now)
            .MinAsync(row => (DateTimeOffset?)row.RunAt, cancellationToken);
}
