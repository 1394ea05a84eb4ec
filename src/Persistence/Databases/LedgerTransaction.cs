using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>An open write transaction. What its context tracks is saved when the operation returns.</summary>
/// <param name="Db">The context.</param>
/// <param name="Dialect">The database.</param>
/// <param name="Now">The database's clock.</param>
/// <param name="IsRepeat">The same operation was tried before, and the answer to its commit was lost: it may have happened.</param>
internal sealed record LedgerTransaction(LedgerDbContext Db, ILedgerDialect Dialect, DateTimeOffset Now, bool IsRepeat)
{
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

    /// <summary>Takes a corpus run for this transaction alone.</summary>
    public Task<CorpusRunRow?> LockRunAsync(long runId, CancellationToken cancellationToken) =>
        Db.CorpusRuns.FromSqlRaw(Locked("corpus_run", "id"), runId).FirstInTransactionAsync(cancellationToken);

    private string Locked(string table, string key) => $"SELECT * FROM {table} WHERE {key} = {{0}} {Dialect.LockRows}";
}
