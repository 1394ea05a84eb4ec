using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Databases.Grouping;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>What differs between the databases. The rest is one code, and the tests run it on both.</summary>
internal interface ILedgerDialect
{
    /// <summary>After a SELECT: nobody else changes the rows until the transaction ends.</summary>
    string LockRows { get; }

    /// <summary>The same, passing over rows that somebody else has locked.</summary>
    string LockFreeRows { get; }

    /// <summary>SQL for the minute of <c>insight.created_at</c>: computed for each of millions, so in the way that costs least.</summary>
    string MinuteOfInsight { get; }

    /// <summary>SQL for such a minute, a column <c>minute</c>, in UTC, as text that sorts: <c>2026-04-17 09:05</c>.</summary>
    string TextOfMinute { get; }

    /// <summary>
    /// SQL that replaces the rows of <c>ledger_count</c> that nobody else has locked by their sums; null where they are sums already.
    /// </summary>
    string? FoldCounts { get; }

    /// <summary>What to do about a ledger that was never made; null when there may be one.</summary>
    string? WhyMissing { get; }

    /// <summary>How processes tell each other of work; null where they have to look.</summary>
    IWorkChannel? Channel { get; }

    /// <summary>An instant as a parameter of raw SQL.</summary>
    object Instant(DateTimeOffset instant);

    /// <summary>A context on a connection of its own.</summary>
    LedgerDbContext Create();

    /// <summary>The database's clock: the only one that leases know.</summary>
    Task<DateTimeOffset> NowAsync(LedgerDbContext db, CancellationToken cancellationToken);

    /// <summary>What writes rows in groups for a transaction; null where EF Core writes all.</summary>
    GroupedRows? Group(LedgerDbContext db);

    /// <summary>SQL for: a column is one of several values, which are one parameter or a parameter each.</summary>
    /// <returns>The condition, and its parameters, of which the first has the number 0.</returns>
    (string Sql, object[] Values) IsOneOf<T>(string column, IReadOnlyCollection<T> values)
        where T : struct;

    /// <summary>Whether the same operation can succeed when it is repeated.</summary>
    bool IsTransient(Exception exception);

    /// <summary>Whether a unique key was there already.</summary>
    bool IsUniqueViolation(Exception exception);

    /// <summary>
    /// The numbers of the insights whose terms fit a search, the highest first; some of them may not fit it word by word.
    /// </summary>
    Task<List<long>> FindInsightsAsync(
        LedgerDbContext db, SearchQuery query, long below, int count, CancellationToken cancellationToken);

    /// <summary>Waits until this process may write; disposed when it has written.</summary>
    ValueTask<IDisposable?> EnterWriteAsync(CancellationToken cancellationToken);

    /// <summary>Makes sure that only one process migrates; disposed when it has.</summary>
    Task<IAsyncDisposable> EnterMigrationAsync(LedgerDbContext db, CancellationToken cancellationToken);
}
