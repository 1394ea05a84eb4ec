namespace Qwen35Batch.Persistence.Databases;

/// <summary>
/// The ledger cannot be used now, for no reason of the row that was to be stored or read: a server that is away or silent, a database that
/// is read-only, full, gone or of other rights. Whatever was to be stored is kept and offered again. Every operation of the ledger throws
/// it for such a fault, and nothing else does.
/// </summary>
public sealed class LedgerUnavailableException : Exception
{
    /// <param name="code">See <see cref="Code"/>.</param>
    /// <param name="reason">What the database said, or why it could not be asked.</param>
    /// <param name="cause">The driver's exception; null when there is none.</param>
    public LedgerUnavailableException(string? code, string reason, Exception? cause)
        : base($"The ledger cannot be used: {(code is null ? "" : $"{code}: ")}{reason.TrimEnd('.', ' ')}.", cause) => Code = code;

    /// <summary>
    /// PostgreSQL's SQLSTATE, such as <c>25006</c> for a read-only database, or <c>SQLite 13</c>; null when the database did not answer.
    /// </summary>
    public string? Code { get; }
}
