using System.Globalization;
using Npgsql;
using Qwen35Batch.Benchmarks.Ledgers;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>Looks into the ledger and fills it, past the product.</summary>
internal sealed class PlumbingLedger(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <summary>The jobs that are there, and how long they took to come in by the ledger's clock.</summary>
    public async Task<(long Jobs, double Seconds)> TakenInAsync(long afterRow)
    {
        await using var command = _source.CreateCommand(
            "SELECT count(*), coalesce(extract(epoch FROM max(created_at) - min(created_at)), 0)::float8 FROM job WHERE id > $1");
        command.Parameters.Add(new() { Value = afterRow });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetDouble(1));
    }

    public async Task<long> LastJobAsync() => (long)(await ScalarAsync("SELECT coalesce(max(id), 0) FROM job"))!;

    /// <summary>Where the jobs after a row waited, by the ledger's clock: the median of each step, as text.</summary>
    public async Task<string> WaitsAsync(long afterRow)
    {
        await using var command = _source.CreateCommand(
            """
            SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM j.planned_at - j.created_at) * 1000),
                percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM j.finished_at - j.planned_at) * 1000),
                percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM o.sent_at - j.finished_at) * 1000)
            FROM job j JOIN outbox o ON o.topic = 'JobCompleted' AND (o.body::jsonb ->> 'jobId')::uuid = j.job_id
            WHERE j.id > $1
            """);
        command.Parameters.Add(new() { Value = afterRow });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"taken in to planned {Ends(0)} ms, planned to answered {Ends(1)} ms, answered to published {Ends(2)} ms (median, 95 of 100)");

        string Ends(int column) => string.Join(
            ", ", row.GetFieldValue<double[]>(column).Select(value => value.ToString("0", CultureInfo.InvariantCulture)));
    }

    /// <summary>Backends that wait for a lock now; of them those that claim.</summary>
    public async Task<(long Waiting, long Claiming)> LockWaitsAsync()
    {
        await using var command = _source.CreateCommand(
            """
            SELECT count(*), count(*) FILTER (WHERE query LIKE '%SKIP LOCKED%') FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>Transactions of this database since it was made.</summary>
    public async Task<long> TransactionsAsync() => (long)(await ScalarAsync(
        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"))!;

    /// <summary>Fills an empty ledger with jobs that have ended, of a segment each.</summary>
    /// <returns>Whether all are there; the next call goes on.</returns>
    public async Task<bool> FillAsync(int count, TimeSpan most, CancellationToken cancellationToken)
    {
        await new LedgerMigrator(new PostgreSqlDialect(connectionString)).MigrateAsync(cancellationToken);
        if (!await new MillionLedger(connectionString).FillAsync(count, most, cancellationToken)) return false;
        // Or the server would do it by itself, while it is measured.
        await ExecuteAsync("CHECKPOINT");
        return true;
    }

    /// <summary>Jobs that wait to be planned, all of the same file.</summary>
    public Task AddWaitingAsync(int count, string file) => ExecuteAsync(
        $"""
        INSERT INTO job (job_id, dedupe_key, identity, payload_sha256, source, requested_task, options, priority, state, run_at, attempt,
            crash_count, lease_token, recorded_token, schema_version, planned, done, failed, quarantined, cancelled, input_tokens,
            cached_input_tokens, output_tokens, pictures, model_milliseconds, created_at)
        SELECT gen_random_uuid(), 'waiting ' || n, 'waiting ' || n, md5(n::text), '{file}', 'describe', '{"{}"}', 0, 'Accepted', now(), 0,
            0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, now()
        FROM generate_series(1, {count}) n
        """);

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
