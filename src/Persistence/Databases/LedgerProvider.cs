namespace Qwen35Batch.Persistence.Databases;

/// <summary>A database that the ledger can be kept in.</summary>
public enum LedgerProvider
{
    /// <summary>A SQLite file: nothing to install, one machine.</summary>
    Sqlite,

    /// <summary>PostgreSQL 15 or later.</summary>
    PostgreSql,
}
