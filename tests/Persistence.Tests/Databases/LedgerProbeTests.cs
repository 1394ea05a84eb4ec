using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>What the probe finds on real databases.</summary>
public abstract class LedgerProbeTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private LedgerProbe Probe => new(new(Fixture.CreateDialect(null), TimeProvider.System), new(Fixture.Dialect));

    [Fact]
    public async Task A_ledger_that_takes_results_passes_and_is_left_as_it_was()
    {
        await PlannedJobAsync(2);
        var before = await Fixture.AskAsync("SELECT count(*) FROM segment");

        await Probe.CheckAsync(Token);

        Assert.Equal(before, await Fixture.AskAsync("SELECT count(*) FROM segment"));
    }

    [Fact]
    public async Task A_table_that_is_gone_is_named()
    {
        await Fixture.ExecuteAsync("ALTER TABLE citation RENAME TO citation_away");
        try
        {
            var fault = await Assert.ThrowsAsync<LedgerUnavailableException>(() => Probe.CheckAsync(Token));

            Assert.Contains("citation", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await Fixture.ExecuteAsync("ALTER TABLE citation_away RENAME TO citation");
        }
    }

    public sealed class OnSqlite(SqliteFixture fixture) : LedgerProbeTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : LedgerProbeTests(fixture), IClassFixture<PostgreSqlFixture>;
}
