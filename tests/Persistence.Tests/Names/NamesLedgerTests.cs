using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Names;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Names;

public abstract class NamesLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task Names_without_a_key_get_one_and_all_else_stays()
    {
        await PlannedJobAsync(3);
        await FinishOneAsync(Named(new LinkedName("/summary", "animals", null, "old"), new LinkedName("/other", "animals", "C-1", "old")));
        await FinishOneAsync(Named(new LinkedName("/summary", "plants", null, "old")));
        await FinishOneAsync(Named(new LinkedName("/gone", "animals", null, "old")));

        var count = await Ledger.Names.RelinkAsync("animals", Link, Token);

        Assert.Equal(new RelinkCount(1, 1, 1), count);
        var stored = new List<InsightRecord>();
        await foreach (var insight in Ledger.Reading.ExportAsync(JobFilter.All, Token))
            stored.Add(insight);
        Assert.Equal(
            [
                new("/summary", "animals", "C-7", "new"), new("/other", "animals", "C-1", "old"), new("/summary", "plants", null, "old"),
                new("/gone", "animals", null, "old"),
            ],
            stored.SelectMany(insight => insight.Names!));
        Assert.All(stored, insight => Assert.Equal("a cat", insight.Insight.GetProperty("summary").GetString()));
        Assert.Equal(new RelinkCount(0, 0, 1), await Ledger.Names.RelinkAsync("animals", Link, Token));
    }

    [Fact]
    public async Task More_insights_than_one_part_are_all_asked()
    {
        await PlannedJobAsync(210);
        for (var i = 0; i < 210; i++)
            await FinishOneAsync(Named(new LinkedName("/summary", "animals", null, "old")));

        Assert.Equal(new RelinkCount(210, 210, 0), await Ledger.Names.RelinkAsync("animals", Link, Token));
    }

    private static LinkedName? Link(JsonElement insight, LinkedName name) =>
        insight.TryGetProperty(name.Field[1..], out var text) && text.GetString() == "a cat"
            ? name with { Key = "C-7", Version = "new" }
            : null;

    private static StageOutcome.Completed Named(params LinkedName[] names) => (StageOutcome.Completed)Completed() with { Names = names };

    public sealed class OnSqlite(SqliteFixture fixture) : NamesLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : NamesLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
