using Npgsql;
using Qwen35Batch.TestServers;

namespace Qwen35Batch.Benchmarks.Soak;

/// <summary>Counts what is in the ledger, past the product.</summary>
internal sealed class SoakLedger(PostgresDatabase database)
{
    /// <returns>Null when the ledger does not answer.</returns>
    public async Task<SoakCounts?> TryCountAsync()
    {
        try
        {
            await using var connection = await OpenAsync(database.ConnectionString);
            await using var command = new NpgsqlCommand(
                """
                SELECT count(*),
                       count(*) FILTER (WHERE finished_at IS NOT NULL),
                       count(*) FILTER (WHERE state = 'Completed'),
                       (SELECT count(*) FROM segment WHERE state = 'Quarantined') + count(*) FILTER (WHERE state = 'Quarantined'),
                       (SELECT count(*) FROM insight),
                       (SELECT count(*) FROM outbox WHERE sent_at IS NULL),
                       (SELECT coalesce(sum(crash_count), 0) FROM segment)
                FROM job
                """,
                connection);
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();
            return new(
                row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6));
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    /// <summary>Shuts the database and cuts its connections, or opens it again.</summary>
    public async Task SetAvailableAsync(bool isAvailable)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var name = settings.Database;
        settings.Database = "postgres";
        await using var connection = await OpenAsync(settings.ConnectionString);
        await using var allow = new NpgsqlCommand($"ALTER DATABASE {name} ALLOW_CONNECTIONS {isAvailable}", connection);
        await allow.ExecuteNonQueryAsync();
        if (isAvailable) return;
        await using var cut = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = name } }
        };
        await cut.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
