using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.History;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>
/// What is asked of the ledger: jobs, numbers, failures, insights. It changes nothing. One method is one operation and one commit; every
/// method may be repeated without harm.
/// </summary>
public sealed class ReadingLedger
{
    private readonly LedgerDatabase _database;
    private readonly InsightExport _export;

    internal ReadingLedger(LedgerDatabase database)
    {
        _database = database;
        _export = new(database);
    }

    /// <summary>A job with its segments; null when there is none with this id.</summary>
    public Task<JobDetails?> GetJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => JobQueries.GetAsync(db, jobId, token), cancellationToken);

    /// <summary>What happened to a job, the oldest first; null when there is none with this id.</summary>
    public Task<IReadOnlyList<JobEvent>?> GetHistoryAsync(Guid jobId, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => JobHistory.ReadAsync(db, jobId, token), cancellationToken);

    /// <summary>Segments that are in quarantine, and jobs that were before they had any, newest first.</summary>
    public Task<IReadOnlyList<LedgerFailure>> ListQuarantinedAsync(int count, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => FailureQueries.ListQuarantinedAsync(db, count, token), cancellationToken);

    /// <summary>The ids of jobs that begin with a part, or end with it when none begins so.</summary>
    /// <param name="part">The part.</param>
    /// <param name="most">The largest number of ids.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<IReadOnlyList<Guid>> FindIdsAsync(JobIdPart part, int most, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => JobQueries.FindIdsAsync(db, part, most, token), cancellationToken);

    /// <summary>Jobs, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="count">The largest number of jobs.</param>
    /// <param name="next">Null for the first part, then <see cref="JobPage.Next"/> of the part before.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<JobPage> ListJobsAsync(JobFilter filter, int count, long? next, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => JobQueries.ListAsync(db, filter, count, next, token), cancellationToken);

    /// <summary>The whole ledger in numbers.</summary>
    /// <param name="window">How far back to look for the rate.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<LedgerCounts> CountsAsync(TimeSpan window, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => CountQueries.CountAsync(db, _database.Dialect, window, token), cancellationToken);

    /// <summary>
    /// Segments that got their insight in each of the last minutes, the oldest first; the last is the minute that goes on.
    /// </summary>
    public Task<IReadOnlyList<long>> SegmentsPerMinuteAsync(int minutes, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => MinuteCounts.ReadAsync(db, _database.Dialect, minutes, token), cancellationToken);

    /// <summary>How far jobs have come, from one read over the jobs alone: cheap enough for a live view.</summary>
    public Task<LedgerProgress> ProgressAsync(JobFilter filter, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => CountQueries.ProgressAsync(db, filter, token), cancellationToken);

    /// <summary>
    /// Why some of the jobs wait for another attempt (a full disk, a server that is away), in the words of one of them; null when none
    /// does.
    /// </summary>
    public Task<PutOffWork?> PutOffAsync(JobFilter filter, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => CountQueries.PutOffAsync(db, filter, token), cancellationToken);

    /// <summary>How many jobs, still to be planned, and segments wait for another attempt because something was missing.</summary>
    public Task<(long Jobs, long Segments)> CountPutOffAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(CountQueries.CountPutOffAsync, cancellationToken);

    /// <summary>The source of a job that a worker works on now, the one submitted first; null when there is none.</summary>
    public Task<string?> AtHandAsync(JobFilter filter, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => CountQueries.AtHandAsync(db, filter, token), cancellationToken);

    /// <summary>
    /// Stored insights, in the order in which the jobs were submitted and then of the segments. Reads in parts, holding no transaction
    /// open.
    /// </summary>
    public IAsyncEnumerable<InsightRecord> ExportAsync(JobFilter filter, CancellationToken cancellationToken) =>
        _export.ReadAsync(filter, cancellationToken);

    /// <summary>What has no insight, newest first.</summary>
    public Task<IReadOnlyList<LedgerFailure>> ListFailuresAsync(
        JobFilter filter, RejectionReason? reason, int skip, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => FailureQueries.ListAsync(db, filter, reason, skip, count, token), cancellationToken);

    /// <summary>An insight by its number; null when there is none.</summary>
    public Task<StoredInsight?> GetInsightAsync(long id, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => InsightQueries.GetAsync(db, id, token), cancellationToken);

    /// <summary>Insights, newest first, by what they are of and what is in them.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="count">The largest number of insights.</param>
    /// <param name="next">Null for the first part, then <see cref="InsightPage.Next"/> of the part before.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<InsightPage> ListInsightsAsync(InsightFilter filter, int count, long? next, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            (db, token) => InsightQueries.ListAsync(db, _database.Dialect, filter, count, next, token), cancellationToken);

    /// <summary>The numbers of the insights stored before and after one; null at the ends.</summary>
    public Task<(long? Older, long? Newer)> NeighboursAsync(long id, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => InsightQueries.NeighboursAsync(db, id, token), cancellationToken);

    /// <summary>
    /// The hashes of media whose jobs, all of them, ended before a time, and of whose insights none was reviewed since, in order: nobody
    /// needs their copies.
    /// </summary>
    /// <param name="filter">At least one of the jobs matches.</param>
    /// <param name="before">The time.</param>
    /// <param name="after">The last hash of the part before; empty at the beginning.</param>
    /// <param name="count">The largest number of hashes.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<IReadOnlyList<string>> ListUnusedMediaAsync(
        JobFilter filter, DateTimeOffset before, string after, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => MediaQueries.ListUnusedAsync(db, filter, before, after, count, token), cancellationToken);

    /// <summary>What the media with this hash are; null when no job names it.</summary>
    /// <param name="sha256">SHA-256 of the content, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<MediaDescription?> GetMediaAsync(string sha256, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => MediaQueries.GetAsync(db, sha256, token), cancellationToken);
}
