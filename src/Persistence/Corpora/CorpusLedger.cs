using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Corpora;

/// <summary>Passes over corpora. One method is one operation and one commit; every method may be repeated without harm.</summary>
public sealed class CorpusLedger
{
    private readonly LedgerDatabase _database;

    internal CorpusLedger(LedgerDatabase database) => _database = database;

    /// <summary>Starts a corpus' run of a date, or returns the one that was started before.</summary>
    public async Task<CorpusRun> StartRunAsync(string corpus, DateOnly date, CancellationToken cancellationToken)
    {
        var id = await _database.WriteAsync(
            (transaction, token) => CorpusRuns.StartAsync(transaction, corpus, date, token), cancellationToken);
        var runs = await _database.ReadAsync(
            (db, token) => CorpusRuns.ListAsync(db, db.CorpusRuns.Where(run => run.Id == id), 1, token), cancellationToken);
        return runs[0];
    }

    /// <summary>
    /// Enqueues those of a run's items that are new or changed, in one transaction. May be repeated after an interruption.
    /// </summary>
    public Task<EnqueueOutcome> EnqueueRunItemsAsync(long runId, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => CorpusRuns.EnqueueAsync(transaction, runId, items, token), cancellationToken);

    /// <summary>Marks that a run has found everything.</summary>
    public Task CompleteRunEnumerationAsync(long runId, CancellationToken cancellationToken) =>
        _database.WriteAsync((transaction, token) => CorpusRuns.CompleteAsync(transaction, runId, token), cancellationToken);

    /// <summary>What earlier runs of a corpus know of files, by source: with the same stamp, a file need not be read again.</summary>
    public Task<IReadOnlyDictionary<string, KnownFile>> KnownFilesAsync(
        string corpus, IReadOnlyList<string> sources, CancellationToken cancellationToken) =>
        _database.ReadAsync((db, token) => CorpusRuns.KnownFilesAsync(db, corpus, sources, token), cancellationToken);

    /// <summary>Runs of one corpus or of all, newest first.</summary>
    public Task<IReadOnlyList<CorpusRun>> ListRunsAsync(string? corpus, int count, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            (db, token) => CorpusRuns.ListAsync(db, db.CorpusRuns.Where(run => corpus == null || run.Corpus == corpus), count, token),
            cancellationToken);
}
