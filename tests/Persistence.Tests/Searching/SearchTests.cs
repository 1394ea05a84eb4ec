using System.Text.Json;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Searching;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Searching;

public abstract class SearchTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    private static readonly string[] Texts =
    [
        "請求書は神戸港の倉庫に", "神戸市の港", "ｺﾝﾃﾅ番号 ＡＢ１２", "コンテナ番号",
        "gross weight of the cargo", "weight, gross",
        "WEIGHT", "戸神", "港", "第3回", "'; DROP TABLE insight; --", "a OR b NEAR c*", "Straße",
    ];

    [Theory]
    [InlineData("港")]
    [InlineData("神戸")]
    [InlineData("神戸港")]
    [InlineData("コンテナ")]
    [InlineData("ab12")]
    [InlineData("第3回")]
    [InlineData("weight")]
    [InlineData("\"gross weight\"")]
    [InlineData("\"神戸 港\"")]
    [InlineData("weight -cargo")]
    [InlineData("weight -\"gross weight\"")]
    [InlineData("text:神戸")]
    [InlineData("other:神戸")]
    [InlineData("'; DROP TABLE insight; --")]
    [InlineData("a OR b NEAR c*")]
    [InlineData("STRASSE")]
    [InlineData("straße")]
    public async Task A_search_finds_what_looking_at_every_insight_finds(string text)
    {
        await StoreAsync();
        var query = SearchQuery.Read(text);

        var found = await Ledger.Reading.ListInsightsAsync(new() { Query = query }, 100, null, Token);
        var all = await Ledger.Reading.ListInsightsAsync(new(), 100, null, Token);

        Assert.Equal(Texts.Length, all.Insights.Count);
        Assert.Equal(
            all.Insights.Where(entry => IsIn(entry.Insight.Record.Insight, query)).Select(entry => entry.Insight.Id),
            found.Insights.Select(entry => entry.Insight.Id));
    }

    [Fact]
    public async Task Every_run_of_one_to_three_characters_is_found()
    {
        await StoreAsync();
        const string text = "請求書は神戸港の倉庫に";
        for (var length = 1; length <= 3; length++)
        {
            for (var start = 0; start + length <= text.Length; start++)
            {
                var page = await Ledger.Reading.ListInsightsAsync(
                    new() { Query = SearchQuery.Read(text.Substring(start, length)) }, 100, null, Token);
                Assert.Contains(page.Insights, entry => entry.Hit!.Text == text);
                Assert.All(
                    page.Insights, entry => Assert.Contains(text.Substring(start, length), entry.Hit!.Text, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_list_goes_on_where_its_part_ended()
    {
        await StoreAsync();
        var ids = new List<long>();
        long? next = null;
        do
        {
            var page = await Ledger.Reading.ListInsightsAsync(new() { Query = SearchQuery.Read("weight") }, 1, next, Token);
            ids.AddRange(page.Insights.Select(entry => entry.Insight.Id));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(3, ids.Count);
        Assert.Equal(ids.OrderDescending(), ids);
    }

    [Fact]
    public async Task What_an_earlier_version_stored_is_found_once_it_is_in_the_index()
    {
        await StoreAsync();
        await Fixture.ExecuteAsync("DELETE FROM insight_terms");
        var query = new InsightFilter { Query = SearchQuery.Read("weight") };
        Assert.Empty((await Ledger.Reading.ListInsightsAsync(query, 10, null, Token)).Insights);

        for (long? below = long.MaxValue; below is { } from;) below = await Ledger.Search.FillAsync(from, Token);

        Assert.Equal(3, (await Ledger.Reading.ListInsightsAsync(query, 10, null, Token)).Insights.Count);
    }

    [Fact]
    public async Task What_is_deleted_is_not_found()
    {
        await StoreAsync();
        await Fixture.ExecuteAsync("DELETE FROM insight");

        Assert.Equal("0", await Fixture.AskAsync("SELECT count(*) FROM insight_terms"));
    }

    [Fact]
    public async Task What_a_person_corrected_is_found_by_what_it_says_now()
    {
        await StoreAsync();
        var cargo = (await FindAsync("cargo")).Single();
        await ReviewAsync(cargo.Insight.Id, 0, "gross weight of the 貨物");
        await ReviewAsync(cargo.Insight.Id, 1, "gross weight of the 荷物");

        Assert.Empty(await FindAsync("cargo"));
        Assert.Empty(await FindAsync("text:貨物"));
        Assert.Contains(await FindAsync("weight -貨物"), found => found.Insight.Id == cargo.Insight.Id);
        var corrected = Assert.Single(await FindAsync("text:荷物"));
        Assert.Equal((cargo.Insight.Id, 2), (corrected.Insight.Id, corrected.Insight.Revision));
        Assert.Equal(("/text", "gross weight of the 荷物"), (corrected.Hit!.Field, corrected.Hit.Text));

        // As an earlier version left it.
        await Fixture.ExecuteAsync("DELETE FROM insight_terms");
        for (long? below = long.MaxValue; below is { } from;) below = await Ledger.Search.FillAsync(from, Token);

        Assert.Empty(await FindAsync("cargo"));
        Assert.Single(await FindAsync("荷物"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \" \" ")]
    [InlineData("-weight")]
    [InlineData("。、")]
    public void A_search_for_nothing_is_refused(string text) =>
        Assert.Contains("names no word", Assert.Throws<FormatException>(() => SearchQuery.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_megabyte_of_text_is_stored_and_found_by_its_beginning()
    {
        await PlannedJobAsync(1);
        var words = string.Join(' ', Enumerable.Range(0, 150_000).Select(number => $"w{number}"));
        await FinishOneAsync(Completed(JsonSerializer.Serialize(new { text = words })));

        var page = await Ledger.Reading.ListInsightsAsync(new() { Query = SearchQuery.Read("w77") }, 10, null, Token);

        Assert.Single(page.Insights);
    }

    private async Task<IReadOnlyList<FoundInsight>> FindAsync(string text) =>
        (await Ledger.Reading.ListInsightsAsync(new() { Query = SearchQuery.Read(text) }, 100, null, Token)).Insights;

    private async Task ReviewAsync(long insight, int basedOn, string text)
    {
        var value = JsonSerializer.SerializeToElement(text);
        var said = new FieldReview { Pointer = "/text", Verdict = ReviewVerdict.Corrected, Value = value };
        var whole = JsonSerializer.SerializeToElement(new { text, other = "fixed", amount = 12980.5 });
        Assert.True((await Ledger.Reviews.AddAsync(insight, new(basedOn, "ann", [said], whole), Token))!.IsStored);
    }

    private async Task StoreAsync()
    {
        await PlannedJobAsync(Texts.Length);
        foreach (var text in Texts)
            await FinishOneAsync(Completed(JsonSerializer.Serialize(new { text, other = "fixed", amount = 12980.5 })));
    }

    private static bool IsIn(JsonElement insight, SearchQuery query) => query.Parts.All(
        part => InsightScalars.Of(insight).Any(scalar => part.IsIn(scalar, SearchText.Units(scalar.Text))) != part.IsExcluded);

    public sealed class OnSqlite(SqliteFixture fixture) : SearchTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : SearchTests(fixture), IClassFixture<PostgreSqlFixture>
    {
        /// <summary>The newest are looked through first, and then larger and larger parts of what is older.</summary>
        [Fact]
        public async Task What_lies_far_apart_is_found_in_its_order()
        {
            for (var gap = 0; gap < 4; gap++)
            {
                await StoreAsync();
                await Fixture.ExecuteAsync(
                    $"SELECT setval(pg_get_serial_sequence('insight', 'id'), max(id) + {4_998 + (15_001 * gap)}) FROM insight");
            }

            // Of terms that stand together the database cannot tell how rare they are; of one it can.
            foreach (var search in (string[])["weight other:fixed", "weight"])
            {
                var found = await FindAsync(search);
                Assert.Equal(12, found.Count);
                Assert.Equal(found.Select(one => one.Insight.Id).OrderDescending(), found.Select(one => one.Insight.Id));
            }
        }
    }
}

