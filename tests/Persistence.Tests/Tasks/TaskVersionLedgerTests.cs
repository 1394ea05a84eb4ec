using System.Text.Json;
using Qwen35Batch.Persistence.Tasks;
using Qwen35Batch.Persistence.Tests.Fixtures;

namespace Qwen35Batch.Persistence.Tests.Tasks;

public abstract class TaskVersionLedgerTests(LedgerFixture fixture) : LedgerTest(fixture)
{
    [Fact]
    public async Task A_version_is_kept_as_it_was_first_said_in_its_order()
    {
        await Ledger.TaskVersions.RememberAsync(TestTask, Version("""{"type":"object","b":1,"a":2}"""), Token);
        await Ledger.TaskVersions.RememberAsync(TestTask, Version("""{"type":"string"}"""), Token);

        var found = await Ledger.TaskVersions.FindAsync(TestTask, Token);

        Assert.Equal("""{"type":"object","b":1,"a":2}""", found!.Schema.GetRawText());
        Assert.Null(found.SynthesisSchema);
        Assert.Null(await Ledger.TaskVersions.FindAsync(TestTask with { Version = "other" }, Token));
    }

    [Fact]
    public async Task Workers_that_remember_the_same_version_at_once_all_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Fixture.Open().TaskVersions.RememberAsync(
            TestTask, new(Json("""{"type":"object"}"""), Json("""{"type":"array"}""")), Token)));

        Assert.Equal("""{"type":"array"}""", (await Ledger.TaskVersions.FindAsync(TestTask, Token))!.SynthesisSchema!.Value.GetRawText());
    }

    private static StoredTaskVersion Version(string schema) => new(Json(schema), null);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    public sealed class OnSqlite(SqliteFixture fixture) : TaskVersionLedgerTests(fixture), IClassFixture<SqliteFixture>;

    public sealed class OnPostgreSql(PostgreSqlFixture fixture) : TaskVersionLedgerTests(fixture), IClassFixture<PostgreSqlFixture>;
}
