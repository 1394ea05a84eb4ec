using Npgsql;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Databases;

public sealed class PostgreSqlConnectionsTests(PostgreSqlFixture fixture) : LedgerTest(fixture), IClassFixture<PostgreSqlFixture>
{
    [Theory]
    [InlineData("Host=x", 128, true)]
    [InlineData("Host=x;Max Auto Prepare=0", 0, true)]
    [InlineData("Host=x;maxautoprepare=7;No Reset On Close=false", 7, false)]
    public void Statements_are_kept_ready_unless_the_user_says_otherwise(string given, int prepared, bool noReset)
    {
        var used = new NpgsqlConnectionStringBuilder(PostgreSqlConnections.ForStatements(given));

        Assert.Equal(("x", prepared, noReset), (used.Host, used.MaxAutoPrepare, used.NoResetOnClose));
    }

    [Fact]
    public async Task A_table_that_a_newer_version_changes_breaks_no_statement_that_was_kept_ready()
    {
        for (var times = 0; times < 5; times++) Assert.Empty(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
        await Ledger.Submissions.SubmitAsync(Submission(), Token);

        await Fixture.ExecuteAsync("ALTER TABLE job ADD COLUMN later text");

        Assert.Single(await Ledger.Queue.ClaimJobsAsync(Worker, 1, Lease, Token));
    }
}
