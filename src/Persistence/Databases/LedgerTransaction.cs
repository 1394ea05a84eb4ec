using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Databases.Grouping;
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
    private readonly GroupedRows? _group = Dialect.Group(Db);

    /// <summary>What there is to do when this is committed; other processes are told.</summary>
    public ReadyWork Ready { get; private set; }

    /// <summary>Adds to <see cref="Ready"/>.</summary>
    public void MakesReady(ReadyWork work) => Ready |= work;

    /// <summary>Segments that were read to be changed, or added.</summary>
    public IEnumerable<SegmentRow> Segments
    {
        get
        {
            var tracked = Db.ChangeTracker;
            // What has changed is looked for when all of it is saved: here it would cost as much, and is not asked for.
            tracked.AutoDetectChangesEnabled = false;
            try
            {
                return [.. tracked.Entries<SegmentRow>().Select(row => row.Entity), .. _group?.Segments ?? []];
            }
            finally
            {
                tracked.AutoDetectChangesEnabled = true;
            }
        }
    }

    public void Add(JobRow row)
    {
        if (_group is null) Db.Add(row);
        else _group.Add(row);
    }

    public void Add(SegmentRow row)
    {
        if (_group is null) Db.Add(row);
        else _group.Add(row);
    }

    /// <summary>Adds an insight with all that belongs to it.</summary>
    public void Add(InsightRow row)
    {
        if (_group is null) Db.Add(row);
        else _group.Add(row);
    }

    public void Add(OutboxRow row)
    {
        if (_group is null) Db.Add(row);
        else _group.Add(row);
    }

    /// <summary>Reads rows that the caller is about to change.</summary>
    public Task<List<T>> ReadAsync<T>(IQueryable<T> rows, CancellationToken cancellationToken)
        where T : ClaimableRow =>
        _group?.ReadAsync(rows, cancellationToken) ?? rows.ToListAsync(cancellationToken);

    /// <summary>Saves what was added and changed: what is asked next finds it, and rows have their numbers.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_group is not null) await _group.SaveAsync(cancellationToken);
        await Db.SaveChangesAsync(cancellationToken);
    }

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
        LockAsync(Db.Jobs, "job", "job_id", jobIds, cancellationToken);

    /// <summary>Takes jobs for this transaction alone, in the order of their rows.</summary>
    public Task<List<JobRow>> LockJobsAsync(IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken) =>
        LockAsync(Db.Jobs, "job", "id", rowIds, cancellationToken);

    /// <summary>Takes segments for this transaction alone, in the order of their rows. Their jobs come first.</summary>
    public Task<List<SegmentRow>> LockSegmentsAsync(IReadOnlyCollection<long> rowIds, CancellationToken cancellationToken) =>
        LockAsync(Db.Segments, "segment", "id", rowIds, cancellationToken);

    /// <summary>Takes a corpus run for this transaction alone.</summary>
    public Task<CorpusRunRow?> LockRunAsync(long runId, CancellationToken cancellationToken) =>
        Db.CorpusRuns.FromSqlRaw(Locked("corpus_run", "id"), runId).FirstInTransactionAsync(cancellationToken);

    /// <summary>Takes the pace of a service for this transaction alone.</summary>
    public Task<PaceRow?> LockPaceAsync(string service, CancellationToken cancellationToken) =>
        Db.Paces.FromSqlRaw(Locked("pace", "service"), service).FirstInTransactionAsync(cancellationToken);

    private Task<List<TRow>> LockAsync<TRow, TKey>(
        DbSet<TRow> rows, string table, string key, IEnumerable<TKey> keys, CancellationToken cancellationToken)
        where TRow : ClaimableRow
        where TKey : struct
    {
        var wanted = keys.ToHashSet();
        if (wanted.Count == 0) return Task.FromResult(new List<TRow>());
        var (isWanted, values) = Dialect.IsOneOf(key, wanted);
        var sql = $"SELECT * FROM {table} WHERE {isWanted} ORDER BY id {Dialect.LockRows}";
        return ReadAsync(rows.FromSqlRaw(sql, values), cancellationToken);
    }

    private string Locked(string table, string key) => $"SELECT * FROM {table} WHERE {key} = {{0}} {Dialect.LockRows}";
}
