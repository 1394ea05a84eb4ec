using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using Qwen35Batch.Persistence.Databases.Announcing;
using Qwen35Batch.Persistence.Databases.Grouping;
using Qwen35Batch.Persistence.Model;
using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Databases;

internal sealed class PostgreSqlDialect : ILedgerDialect
{
    // Any number that nothing else in the database uses.
    private const long MigrationLock = 7_335_114_901;

    /// <summary>How many of the newest insights are looked through one by one.</summary>
    private const long FirstPart = 1_000;

    private const int PartGrowth = 5;

    /// <summary>The part of the newest insights that is looked through last when a single term is searched for.</summary>
    private const long LastPartOfOneTerm = FirstPart * PartGrowth;

    /// <summary>With fewer of these, a hundredth, a term may be rare; to read all places of a common one takes long.</summary>
    private const long FewOfNewest = (FirstPart + LastPartOfOneTerm) / 100;

    /// <summary>So many insights of a term, or fewer, are all read and put in order.</summary>
    private const int MostRare = 10_000;

    private const string ByIndex = """
        SELECT insight_id AS "Value" FROM insight_terms
        WHERE terms @@ CAST({0} AS tsquery) AND insight_id < {1} AND insight_id >= {2}
        ORDER BY insight_id DESC LIMIT {3}
        """;

    // OFFSET keeps the index of terms out of it.
    private const string OneByOne = """
        SELECT insight_id AS "Value" FROM (
            SELECT insight_id, terms FROM insight_terms WHERE insight_id < {1} AND insight_id >= {2} ORDER BY insight_id DESC OFFSET 0) part
        WHERE terms @@ CAST({0} AS tsquery)
        ORDER BY insight_id DESC LIMIT {3}
        """;

    private const string Unordered = """
        SELECT insight_id AS "Value" FROM insight_terms WHERE terms @@ CAST({0} AS tsquery) AND insight_id < {1} LIMIT {2}
        """;

    // What a transaction of the ledger writes is found by its key. While tables are small, whole ones are read more cheaply, and a
    // statement that is kept ready would go on to do so when they have grown. A plan that has no other way then looks so dear that it
    // would be compiled.
    private const string Begin = "SELECT now(), set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)";

    private readonly PooledDbContextFactory<PostgreSqlLedgerDbContext> _contexts;
    private readonly string _connectionString;

    public PostgreSqlDialect(string connectionString, Action<DbContextOptionsBuilder>? configure = null)
    {
        _connectionString = connectionString;
        var pooled = PostgreSqlConnections.ForStatements(connectionString);
        Channel = new PostgreSqlChannel(pooled);
        var builder = new DbContextOptionsBuilder<PostgreSqlLedgerDbContext>()
            .UseNpgsql(pooled)
            .UseSnakeCaseNamingConvention();
        configure?.Invoke(builder);
        _contexts = new(builder.Options);
    }

    public string LockRows => "FOR UPDATE";

    public string LockFreeRows => "FOR UPDATE SKIP LOCKED";

    public string MinuteOfInsight => "date_bin('1 minute', created_at, timestamptz '2000-01-01 00:00:00Z')";

    public string TextOfMinute => "to_char(minute AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')";

    // Who folds at the same time passes over the rows; what is being written meanwhile is not seen, and waits for the next time.
    public string? FoldCounts => """
        WITH gone AS (
            DELETE FROM ledger_count WHERE ctid = ANY (ARRAY(SELECT ctid FROM ledger_count FOR UPDATE SKIP LOCKED))
            RETURNING subject, name, corpus_run_id, change)
        INSERT INTO ledger_count (subject, name, corpus_run_id, change)
        SELECT subject, name, corpus_run_id, sum(change) FROM gone GROUP BY subject, name, corpus_run_id HAVING sum(change) <> 0
        """;

    public string? WhyMissing => null;

    public IWorkChannel? Channel { get; }

    public object Instant(DateTimeOffset instant) => instant.ToUniversalTime();

    public LedgerDbContext Create() => _contexts.CreateDbContext();

    // Every transaction asks this first, and past EF Core it costs a tenth.
    public async Task<DateTimeOffset> NowAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        // Whoever only reads has no transaction, and no open connection.
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(Begin, (NpgsqlConnection)db.Database.GetDbConnection());
            return new((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!, TimeSpan.Zero);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public GroupedRows? Group(LedgerDbContext db) => new(db);

    public (string Sql, object[] Values) IsOneOf<T>(string column, IReadOnlyCollection<T> values)
        where T : struct => ($"{column} = ANY({{0}})", [values.ToArray()]);

    public bool IsTransient(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        // A statement was kept ready for a table that a newer version of this program has changed since.
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: "RevalidateCachedQuery" } => true,
        NpgsqlException error => error.IsTransient,
        _ => false,
    };

    public bool IsUniqueViolation(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    // How common a term is the database knows of common ones alone: of others it believes that many insights have them, and would pass over
    // all in search of one. So the newest are looked through one by one. Of what is older, a single term is found by the index of terms,
    // unless there is much of it: then the next is near. Terms that stand together are found by the index in parts that bound how many rows
    // are fetched.
    public async Task<List<long>> FindInsightsAsync(
        LedgerDbContext db, SearchQuery query, long below, int count, CancellationToken cancellationToken)
    {
        // A term has letters, digits, _ and = alone.
        var terms = query.Parts.Where(part => !part.IsExcluded || part.IsOneTerm)
            .SelectMany(part => part.Terms.Select(term => part.IsExcluded ? $"!'{term}'" : $"'{term}'"))
            .ToList();
        var search = string.Join(" & ", terms);
        // A statement that is kept ready would soon have one plan for rare terms and for common ones.
        await using var plans = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync("SET LOCAL plan_cache_mode = force_custom_plan", cancellationToken);
        var newest = await db.Database.SqlQueryRaw<long>("""SELECT coalesce(max(insight_id), 0) AS "Value" FROM insight_terms""")
            .SingleAsync(cancellationToken);
        var (found, part, end) = (new List<long>(), FirstPart, Math.Min(below, newest + 1));
        var isOneTerm = terms.Count == 1;
        for (; end > 1 && found.Count < count; part *= PartGrowth)
        {
            if (isOneTerm && part > LastPartOfOneTerm) return [.. found, .. await RestAsync(end, count - found.Count)];
            var start = Math.Max(1, end - part);
            var statement = isOneTerm || part == FirstPart ? OneByOne : ByIndex;
            found.AddRange(await db.Database.SqlQueryRaw<long>(statement, search, end, start, count - found.Count)
                .ToListAsync(cancellationToken));
            end = start;
        }

        return found;

        async Task<List<long>> RestAsync(long older, int wanted)
        {
            if (found.Count < FewOfNewest)
            {
                await db.Database.ExecuteSqlRawAsync("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off", cancellationToken);
                var rare = await db.Database.SqlQueryRaw<long>(Unordered, search, older, MostRare + 1).ToListAsync(cancellationToken);
                if (rare.Count <= MostRare) return [.. rare.OrderDescending().Take(wanted)];
                await db.Database.ExecuteSqlRawAsync(
                    "SET LOCAL enable_seqscan = DEFAULT; SET LOCAL enable_indexscan = DEFAULT", cancellationToken);
            }

            return await db.Database.SqlQueryRaw<long>(ByIndex, search, older, 0L, wanted).ToListAsync(cancellationToken);
        }
    }

    public ValueTask<IDisposable?> EnterWriteAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IDisposable?>(null);

    // A session's advisory lock: the server releases it when the process dies.
    public async Task<IAsyncDisposable> EnterMigrationAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        await CreateDatabaseAsync(db, cancellationToken);
        var unpooled = new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false }.ConnectionString;
        var connection = new NpgsqlConnection(unpooled);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task CreateDatabaseAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        var creator = db.GetDatabaseCreator();
        if (await creator.ExistsAsync(cancellationToken))
            return;
        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateDatabase || IsUniqueViolation(error))
        {
            // Another process was quicker.
        }
    }
}
