using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Model.Agents;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>An open write transaction. What its context tracks is saved when the operation returns.</summary>
/// <param name="Db">The context.</param>
/// <param name="Dialect">The database.</param>
/// <param name="Now">The database's clock.</param>
/// <param name="IsRepeat">The same operation was tried before, and the answer to its commit was lost: it may have happened.</param>
internal sealed record LedgerTransaction(LedgerDbContext Db, ILedgerDialect Dialect, DateTimeOffset Now, bool IsRepeat)
{
    /// <summary>What there is to do when this is committed; other processes are told.</summary>
    public ReadyWork Ready { get; private set; }

    /// <summary>Adds to <see cref="Ready"/>.</summary>
    public void MakesReady(ReadyWork work) => Ready |= work;

    /// <summary>Saves what is tracked now: what is asked next finds it, and rows have their numbers.</summary>
    public Task SaveAsync(CancellationToken cancellationToken) => Dialect.SaveAsync(Db, cancellationToken);

    /// <summary>
    /// Takes a job for this transaction alone. Whoever changes a job and its segments takes the job first: with one order there are no
    /// deadlocks.
    /// </summary>
    public Task<JobRow?> LockJobAsync(Guid jobId, CancellationToken cancellationToken) =>
        Db.Jobs.FromSqlRaw(Locked("job", "job_id"), jobId).FirstInTransactionAsync(cancellationToken);

    /// <summary>Takes a job for this transaction alone, by its row.</summary>
    public Task<JobRow?> LockJobAsync(long rowId, CancellationToken cancellationToken) =>
        Db.Jobs.FromSqlRaw(Locked("job", "id"), rowId).FirstInTransactionAsync(cancellationToken);

    /// <summary>Takes a segment for this transaction alone.</summary>
    public Task<SegmentRow?> LockSegmentAsync(long rowId, CancellationToken cancellationToken) =>
        Db.Segments.FromSqlRaw(Locked("segment", "id"), rowId).FirstInTransactionAsync(cancellationToken);

    /// <summary>Takes jobs for this transaction alone, in the order of their rows.</summary>
    public Task<List<JobRow>> LockJobsAsync(IReadOnlyCollection<Guid> jobIds, CancellationToken cancellationToken) =>
        LockAsync(Db.Jobs, "job", "job_id", jobIds.Cast<object>(), cancellationToken);

    /// <summary>Takes jobs for this transaction alone, in the order of their rows.</summary>
    public Task<List<JobRow>> LockJobsAsync(IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken) =>
        LockAsync(Db.Jobs, "job", "id", rowIds.Cast<object>(), cancellationToken);

    /// <summary>Takes segments for this transaction alone, in the order of their rows. Their jobs come first.</summary>
    public Task<List<SegmentRow>> LockSegmentsAsync(IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken) =>
        LockAsync(Db.Segments, "segment", "id", rowIds.Cast<object>(), cancellationToken);

    /// <summary>Takes a corpus run for this transaction alone.</summary>
    public Task<CorpusRunRow?> LockRunAsync(long runId, CancellationToken cancellationToken) =>
        Db.CorpusRuns.FromSqlRaw(Locked("corpus_run", "id"), runId).FirstInTransactionAsync(cancellationToken);

    /// <summary>Takes the pace of a service for this transaction alone.</summary>
    public Task<PaceRow?> LockPaceAsync(string service, CancellationToken cancellationToken) =>
        Db.Paces.FromSqlRaw(Locked("pace", "service"), service).FirstInTransactionAsync(cancellationToken);

    private Task<List<T>> LockAsync<T>(
        DbSet<T> rows, string table, string key, IEnumerable<object> keys, CancellationToken cancellationToken)
        where T : class
    {
        var wanted = keys.Distinct().ToList();
        if (wanted.Count == 0) return Task.FromResult(new List<T>());
        // Of few lengths only: each is a statement of its own, made ready once.
        while (!BitOperations.IsPow2(wanted.Count)) wanted.Add(wanted[^1]);
        var list = string.Join(", ", Enumerable.Range(0, wanted.Count).Select(number => $"{{{number}}}"));
        var sql = $"SELECT * FROM {table} WHERE {key} IN ({list}) ORDER BY id {Dialect.LockRows}";
        return rows.FromSqlRaw(sql, [.. wanted]).ToListAsync(cancellationToken);
    }

    private string Locked(string table, string key) => $"SELECT * FROM {table} WHERE {key} = {{0}} {Dialect.LockRows}";
}
