using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>
/// How many jobs, segments and failures there are, by state and reason, as triggers of the database keep it in the transaction that changes
/// a row: a ledger of any size is counted in no time, and whoever writes waits for nobody. On PostgreSQL each change is a row of its own
/// until they are added up; on SQLite, which has one writer, a number is changed in its place.
/// </summary>
internal static class KeptCounts
{
    public const string Jobs = "job";
    public const string Segments = "segment";
    public const string Failures = "failure";

    // So many changes are added up as they are read; beyond, it is worth writing their sums.
    private const int Few = 1_000;

    public static Task<List<KeptCount>> ReadAsync(LedgerDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQueryRaw<KeptCount>("""
            SELECT subject, name, CAST(0 AS bigint) AS corpus_run_id, CAST(sum(change) AS bigint) AS count
            FROM ledger_count GROUP BY subject, name
            """).ToListAsync(cancellationToken);

    /// <summary>The jobs of runs of corpora, by state.</summary>
    public static async Task<List<KeptCount>> OfRunsAsync(
        LedgerDbContext db, IReadOnlyCollection<long> runs, CancellationToken cancellationToken)
    {
        if (runs.Count == 0) return [];
        var least = runs.Min();
        var counts = await db.Database.SqlQueryRaw<KeptCount>("""
            SELECT subject, name, corpus_run_id, CAST(sum(change) AS bigint) AS count
            FROM ledger_count WHERE subject = 'job' AND corpus_run_id >= {0} GROUP BY subject, name, corpus_run_id
            """, least).ToListAsync(cancellationToken);
        return [.. counts.Where(count => runs.Contains(count.CorpusRunId))];
    }

    /// <summary>Adds up the changes that were written since, when there are many.</summary>
    /// <returns>Whether there were.</returns>
    public static async Task<bool> FoldAsync(LedgerTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.Dialect.FoldCounts is not { } fold) return false;
        var spare = await transaction.Db.Database.SqlQueryRaw<long>("""
            SELECT count(*) - 2 * count(DISTINCT (subject, name, corpus_run_id)) AS "Value" FROM ledger_count
            """).SingleAsync(cancellationToken);
        if (spare < Few) return false;
        await transaction.Db.Database.ExecuteSqlRawAsync(fold, cancellationToken);
        return true;
    }
}

/// <summary>How many there are.</summary>
/// <param name="Subject">Of what.</param>
/// <param name="Name">In which state, or for which reason; empty for none.</param>
/// <param name="CorpusRunId">Of which run of a corpus; 0 for none or all.</param>
/// <param name="Count">So many.</param>
internal sealed record KeptCount(string Subject, string Name, long CorpusRunId, long Count);
