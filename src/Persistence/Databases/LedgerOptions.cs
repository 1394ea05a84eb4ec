namespace Qwen35Batch.Persistence.Databases;

/// <summary>Where and how the ledger is kept: the section <c>Ledger</c>.</summary>
public sealed class LedgerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Ledger";

    /// <summary>The kind of database.</summary>
    public LedgerProvider Provider { get; set; } = LedgerProvider.Sqlite;

    /// <summary>
    /// How to reach the database. A SQLite file's folder is created when it is missing. PostgreSQL behind a pool that keeps no prepared
    /// statements needs <c>Max Auto Prepare=0</c> in it.
    /// </summary>
    public string ConnectionString { get; set; } = "Data Source=data/ledger.db";

    /// <summary>How often a job's planning or a segment is tried before it fails; from 1 to 100.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>The wait after the first failed attempt or crash; doubled with every further one. At most an hour.</summary>
    public TimeSpan BackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two attempts, but for a quarter that spreads them. At most a day.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether the worker brings the database up to date when it starts; else <c>qwen35batch db migrate</c> does.</summary>
    public bool AutoMigrate { get; set; } = true;
}
