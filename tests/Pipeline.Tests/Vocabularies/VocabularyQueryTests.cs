using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Vocabularies;

public class VocabularyQueryTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_query_gives_keys_labels_and_aliases()
    {
        var database = new TableDatabase("id", "name", "also");
        database.Add(7L, "Meier", "Meyer|M&S");
        database.Add(8.5, "山田", null);

        var list = Catalog(database, new() { Key = "ID", Aliases = "also" }).Find("suppliers")!;

        Assert.Equal(4, list.Count);
        Assert.Equal(("7", "8.5"), (list.Find("M&S")!.Key, list.Find("山田")!.Key));
        Assert.Equal(["SELECT"], database.Asked);
    }

    [Theory]
    [InlineData("its columns: there is no column 'title' for Label; there are 'id', 'name'.", "title", 1, "a")]
    [InlineData("row 2: the key '1' is there twice, the first time in row 1.", "name", 1, "a", 1, "b")]
    [InlineData("row 2: 'a' is there twice, the first time in row 1", "name", 1, "a", 2, "a")]
    [InlineData("row 1: a label or an alias is empty.", "name", 1, null)]
    [InlineData("row 1: the key is empty.", "name", null, "a")]
    [InlineData("It has no names", "name")]
    public void What_cannot_be_used_is_named_with_setting_and_row(string problem, string label, params object?[] cells)
    {
        var database = new TableDatabase("id", "name");
        foreach (var row in cells.Chunk(2))
            database.Add(row);

        var message = Problem(database, new() { Key = "id", Label = label, Sql = "SELECT" });

        Assert.StartsWith("The list of names Tasks:Vocabularies:suppliers cannot be used: its query, ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_has_a_file_or_a_query()
    {
        var database = new TableDatabase("name");
        database.Add("a");

        Assert.Contains("either a File or a query", Problem(database, new() { File = "a.csv", Sql = "SELECT" }), StringComparison.Ordinal);
        Assert.Contains("either a File or a query", Problem(database, new()), StringComparison.Ordinal);
        Assert.Contains("there are no databases", Problem(null, new() { Sql = "SELECT" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_asked_again_now_and_then_and_what_was_there_stays_while_the_database_is_away()
    {
        var database = new TableDatabase("name");
        database.Add("a");
        var catalog = Catalog(database, new() { Every = TimeSpan.FromMinutes(10) });
        var first = catalog.Find("suppliers")!;

        _time.Advance(TimeSpan.FromMinutes(9));
        catalog.Find("suppliers");
        Assert.Single(database.Asked);
        Assert.Same(first, await AfterAsync(catalog, TimeSpan.FromMinutes(2)));
        Assert.Equal(2, database.Asked.Count);

        database.Add("b");
        var second = await AfterAsync(catalog, TimeSpan.FromMinutes(11));
        Assert.Equal(2, second.Count);

        database.IsAway = true;
        Assert.Same(second, await AfterAsync(catalog, TimeSpan.FromMinutes(11)));
    }

    private async Task<Vocabulary> AfterAsync(VocabularyCatalog catalog, TimeSpan span)
    {
        _time.Advance(span);
        catalog.Find("suppliers");
        await catalog.WhenRead();
        return catalog.Find("suppliers")!;
    }

    private string Problem(TableDatabase? database, VocabularyOptions options) =>
        Assert.Throws<VocabularyException>(() => New(database, options).Find("suppliers")).Message;

    private VocabularyCatalog Catalog(TableDatabase database, VocabularyOptions options)
    {
        options.Sql = "SELECT";
        return New(database, options);
    }

    private VocabularyCatalog New(TableDatabase? database, VocabularyOptions options)
    {
        var lists = new VocabulariesOptions();
        lists.Vocabularies.Add("suppliers", options);
        return new(Options.Create(lists), _time, NullLogger<VocabularyCatalog>.Instance, database);
    }
}
