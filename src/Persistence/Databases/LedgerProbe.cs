using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>
/// Asks the database for everything that work needs of it (the tables as this program knows them, the right to read and to write each, a
/// server that takes writes) and changes nothing.
/// </summary>
public sealed class LedgerProbe
{
    private readonly LedgerDatabase _database;
    private readonly LedgerMigrator _migrator;

    internal LedgerProbe(LedgerDatabase database, LedgerMigrator migrator)
    {
        _database = database;
        _migrator = migrator;
    }

    /// <summary>Returns when work could be stored now.</summary>
    /// <exception cref="LedgerUnavailableException">It could not, and why.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await _migrator.WhyNotReadyAsync(cancellationToken) is { } reason) throw new LedgerUnavailableException(null, reason, null);

        await _database.WriteAsync(async (transaction, token) =>
        {
            await transaction.Db.Database.ExecuteSqlRawAsync(Statements(transaction.Db), token);
            return true;
        }, cancellationToken);
    }

    // Every statement is checked against rights and columns as if it had rows.
    private static string Statements(LedgerDbContext db)
    {
        var tables = db.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>().Distinct();
        return string.Join('\n', tables.Select(table => $"INSERT INTO {table} SELECT * FROM {table} WHERE 1 = 0;"))
            + "\nUPDATE job SET state = state WHERE 1 = 0; UPDATE segment SET state = state WHERE 1 = 0; DELETE FROM outbox WHERE 1 = 0;";
    }
}
