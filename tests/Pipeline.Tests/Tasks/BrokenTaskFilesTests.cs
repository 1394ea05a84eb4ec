using System.Text;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tasks.Checks;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

/// <summary>Files as a stranger may break them: all that is wrong is named at once, each by its place.</summary>
public sealed class BrokenTaskFilesTests
{
    private const string Head = """ "description": "x", "kinds": ["pdf"], "prompt": "x", """;

    [Theory]
    [InlineData("{\n  // a comment\n  \"name\": \"a\" \"prompt\": 3,\n}", "not valid JSON, line 3, byte 15: '\"' is invalid after")]
    [InlineData("{ \"name\": 'a' }", "not valid JSON, line 1, byte 11")]
    [InlineData(" \n", "'a.json' is empty.")]
    public void What_is_no_JSON_is_named_by_line(string content, string expected)
    {
        var fault = Assert.Single(Find(content));

        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_encoding_is_named() => Assert.Equal(
        ["'a.json' is written in UTF-16: save it as UTF-8."],
        TaskFileCheck.Find("a.json", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{}")).ToArray(), []));

    [Fact]
    public void Comments_and_commas_at_the_end_are_taken() => Assert.Empty(Find(
        $$"""
        {
          // The name.
          "name": "a", {{Head}}
          "schema": { "type": "object", "properties": { "a": { "type": "string", }, }, /* closed */ },
        }
        """));

    [Theory]
    [InlineData(
        """
        "schema": { "type": "object", "required": "a", "additionalProperties": "no", "properties": {
            "a": { "type": "string", "minLength": "3", "maxLength": -1, "pattern": 7 }, "b": { "type": "int" },
            "c": { "type": "number", "minimum": "0", "multipleOf": 0 }, "d": { "enum": "x" }, "e": { "type": "array", "items": "string" },
            "f": { "type": "string", "required": true }, "g": { "type": "string", "pattern": "^(a" }, "required": ["a"] } }
        """,
        new[]
        {
            "#/schema/required:", "#/schema/additionalProperties:", "#/schema/properties/a/minLength:", "#/schema/properties/a/maxLength:",
            "#/schema/properties/a/pattern:", "#/schema/properties/b/type:", "#/schema/properties/c/minimum:",
            "#/schema/properties/c/multipleOf:", "#/schema/properties/d/enum:", "#/schema/properties/e/items:",
            "#/schema/properties/f/required:", "#/schema/properties/g/pattern:", "it stands beside \"properties\"",
        })]
    [InlineData(
        """
        "schema": { "type": "object", "properties": { "a": { "$ref": "#/definitions/money" }, "b": { "$ref": "#/$defs/Addres" },
            "c": { "$ref": "https://example.com/date.json" } }, "$defs": { "Address": {} } }
        """,
        new[] { "#/schema/properties/a/$ref:", "has no 'Addres', but 'Address'", "is not in the same document" })]
    [InlineData(
        """
        "name": "b", "schema": { "type": "object", "type": "object", "properties": { "a": {}, "a": {}, "b": { "type": "txt" } } },
            "sampling": { "temperature": 9, "temprature": 1 }
        """,
        new[]
        {
            "'/name', the member is given twice", "'/schema/type', the member is given twice",
            "'/schema/properties/a', the member is given twice", "#/schema/properties/b/type:", "'/sampling/temperature'",
            "'/sampling/temprature'",
        })]
    [InlineData(
        """
        "schema": { "type": "object", "properties": { "a": { "x-vocabulary": "gone" }, "b": { "type": "string", "pattern": "(a)\\1" } } }
        """,
        new[] { "#/schema/properties/a/x-vocabulary: there is no list of names 'gone'", "#/schema/properties/b/pattern:" })]
    [InlineData(
        """
        "schema": { "type": "text" }, "citations": [{ "field": "/items/*", "strat": "s" }], "boxes": "all", "transcript": 3,
            "inferred": [4], "media": { "maxPages": "5", "fps": 2 }, "synthesis": { "prompt": "x", "schema": { "type": "txt" } }
        """,
        new[]
        {
            "#/schema/type:", "'/citations/0/strat'", "'/citations/0', at least one of", "'/boxes'", "'/transcript'", "'/inferred/0'",
            "'/media/maxPages'", "'/media/fps'", "#/synthesis/schema/type:",
        })]
    [InlineData(
        """
        "schema": { "type": "object", "properties": { "a": { "const": "\ud800" } } }, "synthesis": { "prompt": "\udc00" }
        """,
        new[] { "'/schema/properties/a/const', it has half", "'/synthesis/prompt', it has half", "'/synthesis', the member 'schema'" })]
    public void All_faults_are_named_at_once(string members, string[] expected)
    {
        var faults = Find($$"""{ "name": "a", {{Head}} {{members}} }""");

        Assert.Equal(expected.Length, faults.Count);
        Assert.All(expected, part => Assert.Contains(faults, fault => fault.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_nests_too_deep_says_where()
    {
        var schema = string.Concat(Enumerable.Repeat("""{ "properties": { "a": """, 40)) + "{}" + new string('}', 80);

        var fault = Assert.Single(Find($$"""{ "name": "a", {{Head}} "schema": {{schema}} }"""));

        Assert.Contains("nests more than 64 objects and arrays at '/schema/properties/a/", fault, StringComparison.Ordinal);
        Assert.Contains("$defs", fault, StringComparison.Ordinal);
        Assert.InRange(fault.Length, 0, 400);
    }

    [Fact]
    public void A_list_of_names_that_cannot_be_read_is_a_fault_of_the_keyword()
    {
        var faults = TaskFileCheck.Find(
            "a.json", Encoding.UTF8.GetBytes("""{ "type": "string", "x-vocabulary": "customers" }"""), [], new Broken());

        Assert.Equal(["#/x-vocabulary: There is no such file."], faults);
    }

    [Theory]
    [InlineData("""Answer in {lang}.""", "'{lang}'")]
    [InlineData("""Answer in {{language}}.""", "'{{language}}'")]
    [InlineData("""Read ${document} in {language} for {goal}.""", "'${document}'")]
    public void A_word_in_braces_that_nothing_stands_for_is_a_hint(string prompt, string word)
    {
        var content = Encoding.UTF8.GetBytes($$"""{ "prompt": ["Read.", "{{prompt}}"], "schema": { "type": "object" } }""");

        var hint = Assert.Single(TaskFileCheck.FindHints(content));

        Assert.StartsWith($"#/prompt/1: nothing stands for {word}", hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Hints_name_the_schema_that_they_are_about()
    {
        const string Questions = """
            { "prompt": "Read { \"a\": 1 } in {language}.", "schema": { "type": "string", "nullable": true },
              "synthesis": { "prompt": "{all}", "schema": { "type": "string", "minlength": 1 } } }
            """;

        var hints = TaskFileCheck.FindHints(Encoding.UTF8.GetBytes(Questions));

        Assert.Equal(
            ["#/schema/nullable", "#/synthesis/prompt", "#/synthesis/schema/minlength"], hints.Select(hint => hint.Split(": ")[0]));
    }

    [Fact]
    public void All_files_of_a_folder_are_named_at_once()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var name in (string[])["one", "two"])
                File.WriteAllText(Path.Combine(folder.FullName, $"{name}.json"), $$"""{ "name": "{{name}}", {{Head}} "schema": 3 }""");

            var refused = Assert.Throws<InvalidTaskException>(() => Catalogs.WithFolder(folder.FullName));

            Assert.Contains("one.json'", refused.Message, StringComparison.Ordinal);
            Assert.Contains("two.json'", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<string> Find(string content) => TaskFileCheck.Find("a.json", Encoding.UTF8.GetBytes(content), []);

    private sealed class Broken : IVocabularies
    {
        public IReadOnlyCollection<string> Names => throw new VocabularyException("There is no such file.");

        public Vocabulary? Find(string name) => throw new VocabularyException("There is no such file.");
    }
}
