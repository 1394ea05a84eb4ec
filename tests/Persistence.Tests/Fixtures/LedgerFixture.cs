using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Tests.Fixtures;

/// <summary>A migrated database for one test class; emptied before every test.</summary>
public abstract class LedgerFixture : IAsyncLifetime
{
    private static readonly string[] Tables =
    [
        "audit", "citation", "insight_usage", "insight", "crash", "segment", "job", "corpus_item", "corpus_run", "outbox",
        "rejected_message", "worker", "calibration", "pace"
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

    protected abstract Task StartAsync();

    internal abstract ILedgerDialect CreateDialect(Action<DbContextOptionsBuilder>? configure);
}
