using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Reading;

namespace Qwen35Batch.Persistence.Removal;

/// <summary>
/// Removes whole jobs: segments, insights, reviews, steps and history with them. What a corpus has read stays known to it, so that nothing
/// is read again because its job is gone. Every method may be repeated without harm.
/// </summary>
public sealed class RemovalLedger
{
    private readonly LedgerDatabase _database;

    internal RemovalLedger(LedgerDatabase database) => _database = database;

    /// <summary>Looks for jobs that may be removed, the oldest first.</summary>
    /// <param name="filter">Among which.</param>
    /// <param name="before">They ended before, and nobody has asked for them or reviewed them since.</param>
    /// <param name="after">Where the part before ended; 0 at the beginning.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public Task<RemovablePart> ListAsync(JobFilter filter, DateTimeOffset before, long after, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => RemovableJobs.ListAsync(db, filter, before, after, token), cancellationToken);

    /// <summary>Of the media of jobs that may be removed, those that another job still has.</summary>
    public Task<HashSet<string>> NeededMediaAsync(
        JobFilter filter, DateTimeOffset before, IReadOnlyCollection<string> media, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            (db, token) => RemovableJobs.NeededMediaAsync(db, filter, before, media, token), cancellationToken);

    /// <summary>The number of insights of some jobs.</summary>
    public Task<int> CountInsightsAsync(IReadOnlyCollection<RemovableJob> jobs, CancellationToken cancellationToken)
    {
        var rows = jobs.Select(job => job.Row).ToList();
        return _database.ReadAsync(
            (db, token) => db.Insights.CountAsync(insight => rows.Contains(insight.JobId), token), cancellationToken);
    }

    /// <summary>
    /// Removes jobs in one transaction. One that was opened again meanwhile, or that is an archive and has jobs yet, stays.
    /// </summary>
    public Task<RemovedJobs> RemoveAsync(
        IReadOnlyCollection<RemovableJob> jobs, JobFilter filter, DateTimeOffset before, CancellationToken cancellationToken) =>
        _database.WriteAsync(async (transaction, token) =>
        {
            var db = transaction.Db;
            var locked = (await transaction.LockJobsAsync([.. jobs.Select(job => job.Row)], token)).ConvertAll(job => job.Id);
            var rows = await RemovableJobs.Of(db, filter, before)
                .Where(job => locked.Contains(job.Id) && !db.Jobs.Any(inner => inner.ArchiveId == job.Id))
                .Select(job => new { job.Id, job.JobId })
                .ToListAsync(token);
            var (ids, names) = (rows.ConvertAll(row => row.Id), rows.ConvertAll(row => row.JobId));
            var insights = await db.Insights.CountAsync(insight => ids.Contains(insight.JobId), token);
            await db.Audit.Where(entry => names.Contains(entry.JobId)).ExecuteDeleteAsync(token);
            // All that belongs to a job goes with it.
            var removed = await db.Jobs.Where(job => ids.Contains(job.Id)).ExecuteDeleteAsync(token);
            return new RemovedJobs(removed, insights);
        }, cancellationToken);
}
