using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Persistence;

/// <summary>Where and how the ledger is kept: the section <c>Ledger</c>.</summary>
public sealed class LedgerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Ledger";

    /// <summary>The kind of database.</summary>
    public LedgerProvider Provider { get; set; } = LedgerProvider.Sqlite;

    /// <summary>How to reach the database. A SQLite file's folder is created when it is missing.</summary>
    [Required(ErrorMessage = "Ledger:ConnectionString is empty. Give 'Data Source=<file>' for Sqlite, or 'Host=...;Database=...;Username=...' for PostgreSql.")]
    public string ConnectionString { get; set; } = "Data Source=data/ledger.db";

    /// <summary>How often a job's planning or a segment is tried before it fails.</summary>
    [Range(1, 100, ErrorMessage = "Ledger:MaxAttempts must be from 1 to 100.")]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>The wait after the first failed attempt or crash; doubled with every further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Ledger:BackOff must be from 00:00:00 to 01:00:00.")]
    public TimeSpan BackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Ledger:MaxBackOff must be from 00:00:00 to 1.00:00:00.")]
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether the worker brings the database up to date when it starts; else <c>qwen35batch db migrate</c> does.</summary>
    public bool AutoMigrate { get; set; } = true;
}
