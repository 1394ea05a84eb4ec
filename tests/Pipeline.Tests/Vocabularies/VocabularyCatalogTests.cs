using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Vocabularies;

public sealed class VocabularyCatalogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("names");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_list_is_read_with_keys_labels_and_aliases()
    {
        var list = Read(
            "id;name;also\r\n7;\"Meier; Söhne \"\"Nord\"\"\";Meier|M&S\r\n\r\n8;株式会社山田;\r\n",
            new() { Key = "id", Aliases = "ALSO" });

        Assert.Equal(4, list.Count);
        Assert.Equal("7", list.Find("Meier; Söhne \"Nord\"")!.Key);
        Assert.Equal("7", list.Find("M&S")!.Key);
        Assert.Equal("8", list.Find("株式会社山田")!.Key);
    }

    [Fact]
    public void Without_a_column_of_keys_the_label_is_the_key() => Assert.Equal("b", Read("\uFEFFname\na\nb\n", new()).Find("b")!.Key);

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("id,name\n", "It has no names")]
    [InlineData("id,title\n1,a\n", "line 1: there is no column 'name' for Label; there are 'id', 'title'.")]
    [InlineData("id,name\n1,a\n1,b\n", "line 3: the key '1' is there twice, the first time in line 2.")]
    [InlineData("id,name\n1,a\n2,a\n", "line 3: 'a' is there twice, the first time in line 2")]
    [InlineData("id,name\n1,\"a\nb\"\n", "line 2: the label has a control character or a line end.")]
    [InlineData("id,name\n1,\n", "line 2: a label or an alias is empty.")]
    [InlineData("id,name\n,a\n", "line 2: the key is empty.")]
    [InlineData("id,name\n1,a\n2\n", "line 3: it has 1 fields, where the first line names 2 columns.")]
    [InlineData("id,name\n1,\"a\n", "line 2: a quote is opened and not closed")]
    [InlineData("id,name\n1,\"a\"b\n", "line 2: text stands behind a closing quote")]
    public void What_cannot_be_used_is_named_with_setting_file_and_line(string content, string problem)
    {
        var message = Assert.Throws<VocabularyException>(() => Read(content, new() { Key = "id" })).Message;

        Assert.StartsWith(
            $"The list of names Tasks:Vocabularies:suppliers cannot be used: '{_folder.FullName}", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF_8_is_named_with_its_line()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "list.csv"), [.. "name\na\n"u8, 0xFC, (byte)'\n']);

        Assert.Contains(
            "line 3: it is not UTF-8",
            Assert.Throws<VocabularyException>(() => Catalog(new()).Find("suppliers")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_read_again_and_a_broken_one_changes_nothing()
    {
        var path = Path.Combine(_folder.FullName, "list.csv");
        File.WriteAllText(path, "name\na\n");
        var catalog = Catalog(new());
        var first = catalog.Find("suppliers")!;

        File.WriteAllText(path, "name\na\nb\n");
        Assert.Same(first, catalog.Find("suppliers"));
        _time.Advance(TimeSpan.FromSeconds(3));
        catalog.Find("suppliers");
        await catalog.WhenRead();
        var second = catalog.Find("suppliers")!;
        Assert.Equal(2, second.Count);
        Assert.NotEqual(first.Hash, second.Hash);

        File.WriteAllText(path, "name\na\na\n\n");
        _time.Advance(TimeSpan.FromSeconds(3));
        catalog.Find("suppliers");
        await catalog.WhenRead();
        Assert.Same(second, catalog.Find("suppliers"));
    }

    private Vocabulary Read(string content, VocabularyOptions options)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "list.csv"), content);
        return Catalog(options).Find("suppliers")!;
    }

    private VocabularyCatalog Catalog(VocabularyOptions options)
    {
        options.File = "list.csv";
        var lists = new VocabulariesOptions { BaseFolder = _folder.FullName };
        lists.Vocabularies.Add("suppliers", options);
        return new(Options.Create(lists), _time, NullLogger<VocabularyCatalog>.Instance);
    }
}
