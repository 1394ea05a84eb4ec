namespace Qwen35Batch.Persistence;

/// <summary>Brings the database up to date, and tells whether it is.</summary>
public sealed class LedgerMigrator
{
    /// <summary>Creates the database if it is missing and applies what is new; one process at a time, the others wait.</summary>
    /// <returns>The names of the migrations that were applied; empty when the database was up to date.</returns>
    /// <exception cref="InvalidOperationException">The database is newer than this program.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Tells why the ledger cannot be used now, in a sentence; null when it can.</summary>
    public Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
