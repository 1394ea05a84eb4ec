using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Benchmarks.Ledgers;

/// <summary>
/// Fills a ledger by statements over sets: jobs of one segment, one in fifty without an insight. What insights say is put together from
/// some thousand values, whose terms the product's own code has found; indexes that cost much a row are made at the end.
/// </summary>
internal sealed class MillionLedger(string connectionString)
{
    private const int Piece = 50_000;
    private const int Titles = 2_003;
    private const int Companies = 1_009;
    private const int Cities = 499;

    private static readonly string[] Words =
    [
        "harbour", "timber", "steel", "grain", "gross weight", "container", "pallet", "invoice", "customs", "bonded", "reefer", "bulk",
        "lighter", "stevedore", "draught", "berth", "manifest", "freight", "ballast", "tariff",
    ];

    private static readonly string[] Places = ["神戸港", "横浜港", "長崎港", "大阪", "東京", "名古屋港", "博多", "函館港", "新潟", "清水港"];
    private static readonly string[] Trades = ["商事", "海運", "倉庫", "製鋼", "水産", "物産", "工業"];

    /// <summary>Goes on where an earlier call stopped.</summary>
    /// <param name="insights">How many there are to be, with those that failed.</param>
    /// <param name="most">After so long it stops behind the piece that it is at.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether all is there.</returns>
    public async Task<bool> FillAsync(int insights, TimeSpan most, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        bool IsOver() => Stopwatch.GetElapsedTime(startedAt) > most;
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (await NumberAsync(connection, "SELECT count(*) FROM pg_tables WHERE tablename = 'made_index'") == 0)
        {
            if (await NumberAsync(connection, "SELECT count(*) FROM job") > 0) return true;
            await PrepareAsync(connection, cancellationToken);
        }

        // No triggers and no checks of keys: what they would do is done below, once.
        await ExecuteAsync(
            connection, "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'");
        for (var from = 1 + await NumberAsync(connection, "SELECT count(*) FROM job"); from <= insights; from += Piece)
        {
            if (IsOver()) return false;
            await ExecuteAsync(connection, Rows(from, Math.Min(insights, from + Piece - 1)));
        }

        foreach (var (name, definition) in await IndexesAsync(connection, "SELECT name, definition FROM made_index", cancellationToken))
        {
            if (IsOver()) return false;
            await ExecuteAsync(connection, $"{definition}; DELETE FROM made_index WHERE name = '{name}'");
        }

        await ExecuteAsync(connection, Counts);
        await ExecuteAsync(connection, "DROP TABLE made_value; DROP TABLE made_index");
        await ExecuteAsync(connection, "VACUUM ANALYZE");
        return true;
    }

    /// <summary>Takes all indexes but the keys away, to be built at the end.</summary>
    private static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await FillValuesAsync(connection, cancellationToken);
        var indexes = await IndexesAsync(connection, """
            SELECT indexname, indexdef FROM pg_indexes
            WHERE tablename IN ('job', 'segment', 'insight', 'insight_terms') AND indexdef NOT LIKE 'CREATE UNIQUE%' ORDER BY indexname
            """, cancellationToken);
        await ExecuteAsync(connection, $"""
            CREATE TABLE made_index AS SELECT indexname::text AS name, indexdef AS definition FROM pg_indexes
            WHERE indexname IN ({string.Join(", ", indexes.Select(index => $"'{index.Name}'"))});
            {string.Concat(indexes.Select(index => $"DROP INDEX {index.Name};"))}
            """);
    }

    private static async Task<List<(string Name, string Definition)>> IndexesAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetString(0), reader.GetString(1)));
        return found;
    }

    private static async Task FillValuesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection, "CREATE UNLOGGED TABLE made_value (field text, n int, value jsonb, terms text, PRIMARY KEY (field, n))");
        await using var writer = await connection.BeginBinaryImportAsync(
            "COPY made_value (field, n, value, terms) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var (field, n, value) in Values())
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(field, cancellationToken);
            await writer.WriteAsync(n, cancellationToken);
            await writer.WriteAsync(JsonSerializer.Serialize(value), NpgsqlDbType.Jsonb, cancellationToken);
            var terms = InsightTerms.Of(JsonSerializer.SerializeToElement(new Dictionary<string, string> { [field] = value }));
            await writer.WriteAsync(terms, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
        await writer.CloseAsync(cancellationToken);
        await ExecuteAsync(
            connection, "ALTER TABLE made_value ALTER terms TYPE tsvector USING array_to_tsvector(string_to_array(terms, ' '))");
    }

    private static IEnumerable<(string Field, int N, string Value)> Values()
    {
        for (var n = 0; n < Titles; n++)
        {
            yield return ("title", n, string.Create(
                CultureInfo.InvariantCulture, $"{Words[n % 20]} and {Words[n / 20 % 20]} for lot {n}, {Words[(n * 7) % 20]} included"));
        }

        for (var n = 0; n < Companies; n++)
            yield return ("company", n, $"{Places[n % 10].Replace("港", "", StringComparison.Ordinal)}{Trades[n / 10 % 7]}株式会社 第{n}支店");
        for (var n = 0; n < Cities; n++) yield return ("city", n, n % 50 < 10 ? Places[n % 10] : $"{Places[n % 10][..2]}{n}区");
    }

    private static string Rows(long from, long to) => $$"""
        WITH n AS (SELECT n, n % 50 = 0 AS failed FROM generate_series({{from}}, {{to}}) n),
        j AS (
            INSERT INTO job (job_id, dedupe_key, identity, payload_sha256, source, requested_task, options, priority, state, reason, detail,
                run_at, attempt, crash_count, lease_token, recorded_token, schema_version, task_name, task_version, media_kind,
                media_sha256, planned, done, failed, quarantined, cancelled, input_tokens, cached_input_tokens, output_tokens, pictures,
                model_milliseconds, created_at, finished_at, planned_at)
            SELECT gen_random_uuid(), 'made ' || n, 'made ' || n, md5(n::text), '/archive/' || n || '.pdf', 'document', '{}', 0,
                CASE WHEN failed THEN 'Rejected' ELSE 'Completed' END, CASE WHEN failed THEN 'InvalidAnswer' END,
                CASE WHEN failed THEN 'The answer is no JSON.' END, now(), 1, 0, 1, 1, 1, 'document', '1', 'Pdf', md5(n::text), 1,
                CASE WHEN failed THEN 0 ELSE 1 END, CASE WHEN failed THEN 1 ELSE 0 END, 0, 0, 700, 0, 90, 1, 1000, at, at, at
            FROM n, LATERAL (SELECT now() - ({{to}} - n) * interval '0.2 seconds' AS at) t ORDER BY n
            RETURNING id, source, finished_at),
        s AS (
            INSERT INTO segment (job_id, number, kind, page, state, reason, awaits_others, has_gaps, priority, run_at, attempt, crash_count,
                lease_token, recorded_token, schema_version, created_at, finished_at)
            SELECT j.id, 0, 'Page', 1, CASE WHEN failed THEN 'Failed' ELSE 'Done' END, CASE WHEN failed THEN 'InvalidAnswer' END, false,
                false, 0, now(), 1, 0, 1, 1, 1, finished_at, finished_at
            FROM j JOIN n ON j.source = '/archive/' || n.n || '.pdf'
            RETURNING id, job_id, state, finished_at),
        i AS (
            INSERT INTO insight (job_id, segment_id, number, task_name, task_version, model, insight, created_at)
            SELECT s.job_id, s.id, 0, 'document', '1', 'plain',
                jsonb_build_object('number', 'N' || lpad(s.job_id::text, 7, '0'), 'title', t.value, 'company', c.value, 'city', y.value),
                finished_at
            FROM s
            JOIN made_value t ON t.field = 'title' AND t.n = s.job_id % {{Titles}}
            JOIN made_value c ON c.field = 'company' AND c.n = s.job_id % {{Companies}}
            JOIN made_value y ON y.field = 'city' AND y.n = s.job_id % {{Cities}}
            WHERE s.state = 'Done' ORDER BY s.id
            RETURNING id, job_id, insight),
        w AS (
            INSERT INTO insight_terms (insight_id, terms)
            SELECT i.id, t.terms || c.terms || y.terms || array_to_tsvector(ARRAY[
                lower(i.insight->>'number'), 'number=' || lower(i.insight->>'number')])
            FROM i
            JOIN made_value t ON t.field = 'title' AND t.n = i.job_id % {{Titles}}
            JOIN made_value c ON c.field = 'company' AND c.n = i.job_id % {{Companies}}
            JOIN made_value y ON y.field = 'city' AND y.n = i.job_id % {{Cities}})
        INSERT INTO insight_usage (insight_id, input_tokens, cached_input_tokens, output_tokens, pictures, model_milliseconds)
        SELECT id, 700, 0, 90, 1, 1000 FROM i
        """;

    private const string Counts = """
        DELETE FROM ledger_count;
        INSERT INTO ledger_count SELECT 'job', state, 0, count(*) FROM job GROUP BY state;
        INSERT INTO ledger_count SELECT 'segment', state, 0, count(*) FROM segment GROUP BY state;
        INSERT INTO ledger_count SELECT 'failure', reason, 0, count(*) FROM segment WHERE state = 'Failed' GROUP BY reason
        """;

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = Command(connection, sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync();
    }

#pragma warning disable CA2100 // Nothing foreign is in it.
    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
}
