using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>
/// The one place that tells a fault of the ledger from one of the row. Only what names the row itself is the row's: a value that does not
/// fit (SQLSTATE class 22) or breaks a constraint (class 23). A list of known outages would take every other one for the row's fault, for
/// good.
/// </summary>
internal static class LedgerFault
{
    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    /// <summary>The fault as the ledger's own; null when it is the row's, or a fault of this program.</summary>
    /// <param name="exception">What an operation on the database has thrown.</param>
    public static LedgerUnavailableException? Of(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case LedgerUnavailableException known:
                    return known;
                case PostgresException said:
                    return NamesTheRow(said) ? null : new(said.SqlState, said.MessageText, exception);
                case SqliteException said:
                    return NamesTheRow(said) ? null : new($"SQLite {said.SqliteErrorCode}", Unquoted(said.Message), exception);
                case DbException or SocketException or TimeoutException or IOException or OperationCanceledException
                    when cause.InnerException is null or not (PostgresException or SqliteException):
                    return new(null, exception.GetBaseException().Message, exception);
            }
        }

        return null;
    }

    /// <summary>Runs an operation, and throws the ledger's faults as <see cref="LedgerUnavailableException"/>.</summary>
    public static async Task<T> TellAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await operation();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && Of(error) is { } fault)
        {
            throw ReferenceEquals(fault, error) ? error : fault;
        }
    }

    private static bool NamesTheRow(PostgresException said) =>
        said.SqlState.StartsWith("22", StringComparison.Ordinal) || said.SqlState.StartsWith("23", StringComparison.Ordinal);

    private static bool NamesTheRow(SqliteException said) =>
        said.SqliteErrorCode is SqliteTooBig or SqliteConstraint or SqliteMismatch;

    /// <summary>Without the driver's frame, "SQLite Error 8: '…'.".</summary>
    private static string Unquoted(string message)
    {
        var start = message.IndexOf(": '", StringComparison.Ordinal);
        return start > 0 && message.EndsWith("'.", StringComparison.Ordinal) ? message[(start + 3)..^2] : message;
    }
}
