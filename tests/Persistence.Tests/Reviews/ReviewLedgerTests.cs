using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Reviews;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Reviews;

public abstract class ReviewLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task Of_many_reviewers_at_once_one_is_first()
    {
        var id = await InsightAsync();

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(number => Ledger.Reviews.AddAsync(id, Review(0, $"reviewer {number}", $"{number}"), Token)));

        Assert.Single(outcomes, outcome => outcome!.IsStored);
        var stored = Assert.Single(await Ledger.Reviews.ListAsync(id, Token));
        Assert.All(outcomes, outcome => Assert.Equal(stored.Reviewer, outcome!.Review.Reviewer));
    }

    [Fact]
    public async Task The_same_again_changes_nothing_and_is_told_once()
    {
        var id = await InsightAsync();
        await PublishedAsync();

        await Ledger.Reviews.AddAsync(id, Review(0, "ann", "a dog"), Token);
        await Ledger.Reviews.AddAsync(id, Review(1, "bob", "a horse"), Token);
        var again = await Ledger.Reviews.AddAsync(id, Review(0, "ann", "a dog"), Token);
        var other = await Ledger.Reviews.AddAsync(id, Review(0, "ann", "a cow"), Token);

        Assert.True(again!.IsStored);
        Assert.False(other!.IsStored);
        Assert.Equal(2, other.Review.Revision);
        var events = (await PublishedAsync()).Cast<InsightReviewed>().ToList();
        Assert.Equal([("ann", 1), ("bob", 2)], events.Select(told => (told.Reviewer, told.Revision)));
        Assert.Equal("a dog", events[0].Fields[0].Value!.Value.GetString());
    }

    [Fact]
    public async Task Views_have_the_models_answer_and_the_corrected_one()
    {
        var id = await InsightAsync();
        await Ledger.Reviews.AddAsync(id, Review(0, "ann", "a dog"), Token);

        Assert.Contains("a dog", await Fixture.AskAsync("SELECT insight FROM insights_reviewed"), StringComparison.Ordinal);
        Assert.Contains("a cat", await Fixture.AskAsync("SELECT model_insight FROM insights_reviewed"), StringComparison.Ordinal);
        Assert.Contains("/summary", await Fixture.AskAsync("SELECT reviewed_fields FROM insights_reviewed"), StringComparison.Ordinal);
        Assert.Equal("corrected", await Fixture.AskAsync("SELECT verdict FROM reviews"));
        Assert.Equal("0.25", await Fixture.AskAsync("SELECT box_left FROM reviews"));
        Assert.Contains("a dog", await Fixture.AskAsync("SELECT insight FROM documents"), StringComparison.Ordinal);
        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM documents"));
    }

    [Fact]
    public async Task A_media_item_that_was_read_twice_is_one_document_with_its_latest_answer()
    {
        await InsightAsync();
        await PlannedJobAsync(2, synthesis: true, source: "/media/again.pdf");
        await FinishOneAsync(Completed("""{"summary":"page one"}"""));
        await FinishOneAsync(Completed("""{"summary":"page two"}"""));
        await FinishOneAsync(Completed("""{"summary":"both","language":"en"}"""));

        Assert.Equal("1", await Fixture.AskAsync("SELECT count(*) FROM documents"));
        Assert.Equal("again.pdf|en", await Fixture.AskAsync("SELECT file_name || '|' || language FROM documents"));
    }

    [Fact]
    public async Task A_retry_makes_no_synthesis_anew_that_somebody_has_reviewed()
    {
        var job = await PlannedJobAsync(2, synthesis: true);
        await FinishOneAsync(Completed());
        await FinishOneAsync(Rejected());
        await FinishOneAsync(Completed("""{"summary":"both"}"""));
        var all = await Ledger.Reading.ListInsightsAsync(new(), 10, null, Token);
        var synthesis = all.Insights.Single(one => one.Insight.Record.Insight.GetProperty("summary").GetString() == "both").Insight.Id;
        await Ledger.Reviews.AddAsync(synthesis, Review(0, "ann", "all of it"), Token);

        Assert.Equal(1, await Ledger.Queue.RetryAsync(job, "ada", Token));
        await FinishOneAsync(Completed());

        Assert.Equal(JobState.Completed, await StateAsync(job));
        Assert.Equal("ann", Assert.Single(await Ledger.Reviews.ListAsync(synthesis, Token)).Reviewer);
        Assert.Equal("3", await Fixture.AskAsync("SELECT count(*) FROM insight"));
    }

    [Fact]
    public async Task An_insight_that_is_not_there_has_no_reviews() =>
        Assert.Null(await Ledger.Reviews.AddAsync(123_456, Review(0, "ann", "a dog"), Token));

    private async Task<long> InsightAsync()
    {
        await PlannedJobAsync(1);
        await FinishOneAsync(Completed());
        return (await Ledger.Reading.ListInsightsAsync(new(), 1, null, Token)).Insights[0].Insight.Id;
    }

    private static NewReview Review(int basedOn, string reviewer, string value) => new(
        basedOn,
        reviewer,
        [
            new()
            {
                Pointer = "/summary",
                Verdict = ReviewVerdict.Corrected,
                Value = JsonSerializer.SerializeToElement(value),
                Box = new(0.25, 0.1, 0.2, 0.05),
                Page = 1,
            }
        ],
        JsonSerializer.SerializeToElement(new { summary = value }));

    public sealed class OnSqlite(SqliteFixture fixture) : ReviewLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : ReviewLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
