using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

public abstract class LedgerMigratorTests(LedgerFixture fixture) : IAsyncLifetime
{
    private const string Initial = "Initial";

    protected LedgerFixture Fixture { get; } = fixture;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of migrations that the program has.</summary>
    private int Count
    {
        get
        {
            using var db = Fixture.Dialect.Create();
            return db.Database.GetMigrations().Count();
        }
    }

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Fixture.SkipReason is not null, Fixture.SkipReason ?? "");
        await using var db = Fixture.Dialect.Create();
        await db.Database.EnsureDeletedAsync(Token);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_missing_database_is_made_and_a_second_time_nothing_is_to_do()
    {
        var migrator = new LedgerMigrator(Fixture.Dialect);

        if (Fixture.Dialect.WhyMissing is { } missing) Assert.Equal(missing, await migrator.WhyNotReadyAsync(Token));
        else Assert.Equal("3D000", (await Assert.ThrowsAsync<LedgerUnavailableException>(() => migrator.WhyNotReadyAsync(Token))).Code);
        var applied = await migrator.MigrateAsync(Token);

        Assert.EndsWith(Initial, applied[0], StringComparison.Ordinal);
        Assert.Equal(Count, applied.Count);
        Assert.Empty(await migrator.MigrateAsync(Token));
        Assert.Null(await migrator.WhyNotReadyAsync(Token));
    }

    [Fact]
    public async Task Of_several_processes_one_migrates()
    {
        var applied = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => new LedgerMigrator(Fixture.CreateDialect(null)).MigrateAsync(Token)));

        Assert.Single(applied, migrations => migrations.Count == Count);
        Assert.Equal(3, applied.Count(migrations => migrations.Count == 0));
    }

    [Fact]
    public async Task A_newer_database_is_refused_in_words()
    {
        var migrator = new LedgerMigrator(Fixture.Dialect);
        await migrator.MigrateAsync(Token);
        await Fixture.ExecuteAsync(
            """INSERT INTO "__EFMigrationsHistory" (migration_id, product_version) VALUES ('29990101000000_Future', '99.0')""");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => migrator.MigrateAsync(Token));

        Assert.Contains("newer than this program: it has the migration 29990101000000_Future", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, await migrator.WhyNotReadyAsync(Token));
    }

    [Fact]
    public async Task The_migrations_are_the_models()
    {
        await using var db = Fixture.Dialect.Create();

        Assert.False(db.Database.HasPendingModelChanges());
    }

    public sealed class OnSqlite(SqliteFixture fixture) : LedgerMigratorTests(fixture), IClassFixture<SqliteFixture>
    {
        [Fact]
        public async Task A_migration_that_was_killed_does_not_stop_the_next()
        {
            await Fixture.ExecuteAsync("""
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00');
                """);

            Assert.Equal(Count, (await new LedgerMigrator(Fixture.Dialect).MigrateAsync(Token)).Count);
        }
    }

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : LedgerMigratorTests(fixture), IClassFixture<PostgreSqlFixture>;
}
