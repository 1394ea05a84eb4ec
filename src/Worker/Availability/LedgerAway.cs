namespace Qwen35Batch.Worker.Availability;

/// <summary>That the ledger cannot be used, and why.</summary>
/// <param name="Code">PostgreSQL's SQLSTATE or SQLite's code; null when the database did not answer.</param>
/// <param name="Reason">A sentence, with the code.</param>
/// <param name="Since">When it was noticed.</param>
internal sealed record LedgerAway(string? Code, string Reason, DateTimeOffset Since);
