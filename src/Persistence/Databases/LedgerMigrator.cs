using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>Brings the database up to date, and tells whether it is.</summary>
public sealed class LedgerMigrator
{
    private readonly ILedgerDialect _dialect;

    internal LedgerMigrator(ILedgerDialect dialect) => _dialect = dialect;

    /// <summary>Creates the database if it is missing and applies what is new; one process at a time, the others wait.</summary>
    /// <returns>The names of the migrations that were applied; empty when the database was up to date.</returns>
    /// <exception cref="InvalidOperationException">The database is newer than this program.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be used now.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken) =>
        LedgerFault.TellAsync(() => ApplyAsync(cancellationToken), cancellationToken);

    /// <summary>Tells why the ledger's database is not this program's, in a sentence; null when it is.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be used now.</exception>
    public Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken) =>
        LedgerFault.TellAsync(() => FindProblemAsync(cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        await using var db = _dialect.Create();
        await using var turn = await _dialect.EnterMigrationAsync(db, cancellationToken);
        if (await NewerAsync(db, cancellationToken) is { } newer)
            throw new InvalidOperationException(newer);

        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count > 0)
            await db.Database.MigrateAsync(cancellationToken);
        return pending;
    }

    private async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (_dialect.WhyMissing is { } missing)
            return missing;
        await using var db = _dialect.Create();
        // Before EF Core asks: for it, a database that is gone is one without migrations.
        await db.Database.OpenConnectionAsync(cancellationToken);
        if (await NewerAsync(db, cancellationToken) is { } newer)
            return newer;

        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        return pending == 0 ? null : $"The ledger's database lacks {pending} migrations. Run 'qwen35batch db migrate'.";
    }

    private static async Task<string?> NewerAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations();
        var unknown = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Except(known).ToList();
        return unknown.Count == 0
            ? null
            : $"The ledger's database is newer than this program: it has the migration {unknown[^1]}. Use the version of the program that "
                + $"made it, or a later one.";
    }
}
