using System.Globalization;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Reading;

public abstract class MediaTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly DateTimeOffset Tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);

    [Fact]
    public async Task Media_are_unused_when_all_of_their_jobs_have_ended_long_enough_ago()
    {
        await PlannedJobAsync(1, source: "/media/first.pdf");
        await FinishOneAsync(Completed());
        Assert.Equal([new string('b', 64)], await UnusedAsync(JobFilter.All, Tomorrow));
        Assert.Empty(await UnusedAsync(JobFilter.All, Tomorrow.AddDays(-2)));
        Assert.Empty(await UnusedAsync(new() { SourceContains = "second" }, Tomorrow));

        await PlannedJobAsync(1, source: "/media/second.pdf");
        Assert.Empty(await UnusedAsync(JobFilter.All, Tomorrow));

        await FinishOneAsync(Completed());
        Assert.Single(await UnusedAsync(new() { SourceContains = "second" }, Tomorrow));
    }

    [Fact]
    public async Task Media_whose_insights_were_reviewed_of_late_are_used()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync(Completed());
        var (insight, reviewedAt) = (await Fixture.AskAsync("SELECT max(id) FROM insight"), "2030-01-01 00:00:00+00:00");
        await Fixture.ExecuteAsync(
            "INSERT INTO review (insight_id, revision, reviewer, at, fields, insight) "
                + $"VALUES ({insight}, 1, 'somebody', '{reviewedAt}', '[]', '[]')");

        Assert.Empty(await UnusedAsync(JobFilter.All, DateTimeOffset.Parse(reviewedAt, CultureInfo.InvariantCulture)));
        Assert.Single(await UnusedAsync(JobFilter.All, DateTimeOffset.Parse(reviewedAt, CultureInfo.InvariantCulture).AddSeconds(1)));
    }

    [Fact]
    public async Task Media_are_known_by_their_hash_while_a_job_names_them()
    {
        await PlannedJobAsync(3);

        Assert.Equal(3, (await Ledger.Reading.GetMediaAsync(new('b', 64), Token))!.PageCount);
        Assert.Null(await Ledger.Reading.GetMediaAsync(new('c', 64), Token));
    }

    private Task<IReadOnlyList<string>> UnusedAsync(JobFilter filter, DateTimeOffset before) =>
        Ledger.Reading.ListUnusedMediaAsync(filter, before, "", 10, Token);

    public sealed class OnSqlite(SqliteFixture fixture) : MediaTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : MediaTests(fixture), IClassFixture<PostgreSqlFixture>;
}
