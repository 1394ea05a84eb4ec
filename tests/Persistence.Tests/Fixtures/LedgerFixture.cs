using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Tests.Fixtures;

/// <summary>A migrated database for one test class; emptied before every test.</summary>
public abstract class LedgerFixture : IAsyncLifetime
{
    private static readonly string[] Tables =
    [
        "audit", "citation", "insight_usage", "insight", "crash", "segment", "job", "corpus_item", "corpus_run", "outbox",
        "rejected_message", "worker", "calibration", "pace", "task_version"
    ];

    internal static LedgerOptions Options { get; } = new()
    {
        MaxAttempts = 3,
        BackOff = TimeSpan.FromSeconds(10),
        MaxBackOff = TimeSpan.FromMinutes(1),
    };

    /// <summary>Why there is no database; null when there is one.</summary>
    public string? SkipReason { get; protected set; }

    public Ledger Ledger => Open();

    internal ILedgerDialect Dialect { get; private set; } = null!;

    /// <summary>A ledger on its own connections, as another process has it.</summary>
    /// <param name="time">The other process's clock; null for the right one.</param>
    internal Ledger Open(Action<DbContextOptionsBuilder>? configure = null, TimeProvider? time = null) =>
        new(new LedgerDatabase(configure is null ? Dialect : CreateDialect(configure), time ?? TimeProvider.System), Options);

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        if (SkipReason is not null)
            return;
        Dialect = CreateDialect(null);
        await new LedgerMigrator(Dialect).MigrateAsync(CancellationToken.None);
    }

    public abstract ValueTask DisposeAsync();

    public async Task EmptyAsync()
    {
        Assert.SkipWhen(SkipReason is not null, SkipReason ?? "");
        foreach (var table in Tables)
            await ExecuteAsync($"DELETE FROM {table}");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var db = Dialect.Create();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    /// <summary>One value, as text, of what an analyst would ask.</summary>
    public async Task<string?> AskAsync(string sql)
    {
        await using var db = Dialect.Create();
        var query = $"SELECT CAST(({sql}) AS text) AS \"Value\"";
        return await db.Database.SqlQueryRaw<string?>(query).SingleAsync();
    }

    /// <summary>Jobs by state and run, segments by state and failures by reason, counted row by row.</summary>
    public Task<List<string>> CountedAsync() => LinesAsync("""
        SELECT 'job ' || state || ' ' || COALESCE(corpus_run_id, 0) || ' ' || count(*) AS "Value" FROM job GROUP BY state, corpus_run_id
        UNION ALL SELECT 'segment ' || state || ' 0 ' || count(*) FROM segment GROUP BY state
        UNION ALL SELECT 'failure ' || reason || ' 0 ' || count(*) FROM (
            SELECT COALESCE(reason, '') AS reason FROM job WHERE planned = 0 AND state IN ('Rejected', 'Quarantined')
            UNION ALL SELECT COALESCE(reason, '') FROM segment WHERE state IN ('Failed', 'Quarantined')) f GROUP BY reason
        """);

    /// <summary>The same as the ledger keeps it.</summary>
    public Task<List<string>> KeptAsync() => LinesAsync("""
        SELECT subject || ' ' || name || ' ' || corpus_run_id || ' ' || sum(change) AS "Value" FROM ledger_count
        GROUP BY subject, name, corpus_run_id HAVING sum(change) <> 0
        """);

    /// <summary>As if every back-off were over.</summary>
    public async Task PassBackOffAsync()
    {
        await using var db = Dialect.Create();
        var past = DateTimeOffset.UnixEpoch;
        await db.Jobs.ExecuteUpdateAsync(set => set.SetProperty(row => row.RunAt, past));
        await db.Segments.ExecuteUpdateAsync(set => set.SetProperty(row => row.RunAt, past));
    }

    /// <summary>As if every worker had been silent for so long that it is dead for certain.</summary>
    public async Task ExpireLeasesAsync()
    {
        await using var db = Dialect.Create();
        await db.Workers.ExecuteUpdateAsync(set => set.SetProperty(row => row.AliveUntil, DateTimeOffset.UnixEpoch));
        DateTimeOffset? past = DateTimeOffset.UnixEpoch;
        await db.Jobs.Where(row => row.LeaseUntil != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, past));
        await db.Segments.Where(row => row.LeaseUntil != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, past));
        await db.Outbox.Where(row => row.LeasedUntil != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeasedUntil, past));
    }

    private async Task<List<string>> LinesAsync(string sql)
    {
        await using var db = Dialect.Create();
        var lines = await db.Database.SqlQueryRaw<string>(sql).ToListAsync();
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    protected abstract Task StartAsync();

    internal abstract ILedgerDialect CreateDialect(Action<DbContextOptionsBuilder>? configure);
}
