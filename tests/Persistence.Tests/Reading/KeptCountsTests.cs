using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Reading;

/// <summary>What is kept is compared with what can be counted after every test of the ledger; here is the rest.</summary>
public abstract class KeptCountsTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task Many_changes_are_added_up_and_the_numbers_stay()
    {
        // Each a statement of its own.
        await Parallel.ForAsync(
            0, 1_100, Token, async (i, token) => await Ledger.Submissions.SubmitManyAsync([Submission($"/media/{i}")], token));
        var before = await Fixture.KeptAsync();

        await Task.WhenAll(Ledger.Queue.ReapAsync(Token), Fixture.Open().Queue.ReapAsync(Token));

        Assert.InRange(int.Parse((await Fixture.AskAsync("SELECT count(*) FROM ledger_count"))!, CultureInfo.InvariantCulture), 1, 30);
        Assert.Equal(before, await Fixture.KeptAsync());
        Assert.Equal(1_100, (await Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(1), Token)).Jobs[JobState.Accepted]);
    }

    [Fact]
    public async Task Jobs_that_somebody_deletes_by_hand_are_no_longer_counted()
    {
        await PlannedJobAsync(2);
        await FinishOneAsync(Rejected());
        await PlannedJobAsync(1);

        await Fixture.ExecuteAsync("DELETE FROM job WHERE failed > 0");

        var counts = await Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Equal((1, 1, 0), (
            counts.Jobs[JobState.Analysing], counts.Segments[SegmentState.Ready], counts.Segments[SegmentState.Failed]));
        Assert.Empty(counts.Failures);
    }

    [Fact]
    public async Task Analysts_read_them_by_corpus()
    {
        var run = await Ledger.Corpora.StartRunAsync("scans", new(2026, 3, 2), Token);
        await Ledger.Submissions.SubmitManyAsync([Submission("/a") with { CorpusRunId = run.Id }, Submission("/b")], Token);

        Assert.Equal("1", await Fixture.AskAsync("SELECT count FROM counts WHERE name = 'accepted' AND corpus = 'scans'"));
        Assert.Equal("1", await Fixture.AskAsync("SELECT count FROM counts WHERE name = 'accepted' AND corpus IS NULL"));
        Assert.Equal(1, Assert.Single(await Ledger.Corpora.ListRunsAsync("scans", 1, Token)).Jobs[JobState.Accepted]);
    }

    [Fact]
    public async Task A_ledger_from_before_is_counted_once_when_it_is_migrated()
    {
        await PlannedJobAsync(3, synthesis: true);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());
        await Ledger.Submissions.SubmitAsync(Submission("/none"), Token);
        await using (var db = Fixture.Dialect.Create())
        {
            var migrations = db.Database.GetMigrations().ToList();
            var before = migrations[migrations.FindIndex(name => name.EndsWith("_Counts", StringComparison.Ordinal)) - 1];
            await db.GetService<IMigrator>().MigrateAsync(before, Token);
            Assert.False(await KnowsCountsAsync());
        }

        await new LedgerMigrator(Fixture.Dialect).MigrateAsync(Token);

        Assert.Equal(await Fixture.CountedAsync(), await Fixture.KeptAsync());
        Assert.NotEmpty(await Fixture.KeptAsync());
    }

    private async Task<bool> KnowsCountsAsync()
    {
        try
        {
            await Fixture.KeptAsync();
            return true;
        }
        catch (System.Data.Common.DbException)
        {
            return false;
        }
    }

    public sealed class OnSqlite(SqliteFixture fixture) : KeptCountsTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : KeptCountsTests(fixture), IClassFixture<PostgreSqlFixture>;
}
