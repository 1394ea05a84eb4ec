using System.Data.Common;
using System.Net.Sockets;

namespace Qwen35Batch.Worker.Availability;

/// <summary>Tells a ledger that is away or busy, and will come back, from one that refuses a value.</summary>
internal static class LedgerOutage
{
    /// <summary>SQLite's result codes for a database that is busy, locked, out of disk, unreadable or not to be opened now.</summary>
    private static readonly HashSet<int> SqliteCodes = [5, 6, 10, 13, 14];

    public static bool Explains(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { IsTransient: true }
                or SocketException
                or TimeoutException
                or IOException
                or OperationCanceledException)
            {
                return true;
            }

            if (cause is Microsoft.Data.Sqlite.SqliteException sqlite && SqliteCodes.Contains(sqlite.SqliteErrorCode)) return true;
        }

        return false;
    }
}
