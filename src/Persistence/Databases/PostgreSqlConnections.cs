using System.Data.Common;
using Npgsql;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>How this program connects to PostgreSQL, beyond what its user says.</summary>
internal static class PostgreSqlConnections
{
    /// <summary>More than there are statements that come again and again.</summary>
    private const int MostPrepared = 128;

    /// <summary>For the pool: statements that come again are parsed once a connection. What the user says of that stands.</summary>
    public static string ForStatements(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        // Behind a pool of transactions nothing can be kept ready: "Max Auto Prepare=0" says so.
        if (!Says(connectionString, nameof(builder.MaxAutoPrepare)))
            (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (MostPrepared, 3);
        // Nothing is set for a session, so nothing is to be taken back.
        if (!Says(connectionString, nameof(builder.NoResetOnClose))) builder.NoResetOnClose = true;
        return builder.ConnectionString;
    }

    private static bool Says(string connectionString, string name) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys!.Cast<string>()
            .Any(key => string.Equals(key.Replace(" ", "", StringComparison.Ordinal), name, StringComparison.OrdinalIgnoreCase));
}
