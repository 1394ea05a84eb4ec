using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar.Fuzz;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Arrays whose items all differ.</summary>
public class UniqueArrayTests
{
    private const string Items = """{"type":"array","items":{"enum":["a","ab",1,null,[1]]},"uniqueItems":true,"minItems":1,"maxItems":3}""";

    [Fact]
    public void Every_array_of_different_values_can_be_written_and_no_other()
    {
        var grammar = Compile(Items);
        string[] values = ["\"a\"", "\"ab\"", "1", "null", "[1]"];
        var (taken, all) = (0, 0);
        foreach (var items in Arrays(values, 4))
        {
            var isRight = items.Length is >= 1 and <= 3 && items.Distinct().Count() == items.Length;
            Assert.Equal(isRight, Accepts(grammar, $"[{string.Join(',', items)}]"));
            (taken, all) = (taken + (isRight ? 1 : 0), all + 1);
        }

        Assert.Equal((5 + 20 + 60, 781), (taken, all));
    }

    [Theory]
    [InlineData("""{"type":"array","items":{"type":["boolean","null"]},"uniqueItems":true}""", "[true,null,false]", "[true,true]")]
    [InlineData("""{"type":"array","items":{"type":"integer","minimum":8,"maximum":12},"uniqueItems":true}""", "[9,12,8]", "[9,9]")]
    [InlineData("""{"type":"array","items":{"enum":[1,1.0,2]},"uniqueItems":true}""", "[2,1]", "[1,1.0]")]
    [InlineData("""{"type":"array","items":{"enum":["a","b"]},"uniqueItems":true}""", "[]", "[\"a\",\"b\",\"a\"]")]
    [InlineData("""{"type":"array","items":{"anyOf":[{"const":1},{"enum":[2,1]}]},"uniqueItems":true}""", "[2,1]", "[1,1]")]
    public void Values_of_few_kinds_are_told_apart(string schema, string right, string wrong)
    {
        Assert.True(Accepts(Compile(schema), right));
        Assert.False(Accepts(Compile(schema), wrong));
    }

    [Fact]
    public void Random_models_write_different_items_within_any_budget()
    {
        var names = string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"name{i}\""));
        var grammar = new GrammarCompiler(Vocabularies.TinyMoe).Compile(
            SchemaCases.Parse($$"""{"type":"array","items":{"enum":[{{names}}]},"uniqueItems":true,"minItems":4}"""));
        for (var seed = 0; seed < 200; seed++)
        {
            var (text, isComplete) = RandomModel.Write(grammar, Vocabularies.TinyMoe, grammar.ShortestCompletion + seed, seed);
            Assert.True(isComplete);
            using var answer = JsonDocument.Parse(text);
            var items = answer.RootElement.EnumerateArray().Select(item => item.GetString()).ToArray();
            Assert.InRange(items.Length, 4, 30);
            Assert.Distinct(items);
        }
    }

    /// <summary>A token that goes on after a comma is not allowed within items that differ: no budget may count on it.</summary>
    [Theory]
    [InlineData("""{"type":"object","properties":{"k":{"type":"boolean"},"ab":{"type":"boolean"}},"required":["k","ab"]}""")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"enum":["a,null","b,null"]}]}""")]
    public void Random_models_end_where_no_token_writes_a_comma_and_what_follows(string items)
    {
        var schema = $$"""{"type":"array","uniqueItems":true,"minItems":1,"items":{{items}}}""";
        var grammar = new GrammarCompiler(FuzzVocabulary.Tokens).Compile(SchemaCases.Parse(schema));
        for (var seed = 0; seed < 200; seed++)
            Assert.True(RandomModel.Write(grammar, FuzzVocabulary.Tokens, grammar.ShortestCompletion + (seed % 20), seed).IsComplete);
    }

    [Theory]
    [InlineData("""{"type":"string"}""", """["a","b","","ab","a\"b","日本"]""", """["a","b","a"]""")]
    [InlineData("""{"type":"string"}""", """["/"]""", """["\/"]""")]
    [InlineData("""{"type":"string","maxLength":1}""", """["","日"]""", """["","日",""]""")]
    [InlineData("""{"type":"string","pattern":"^a+$"}""", """["a","aa"]""", """["aa","aa"]""")]
    [InlineData("""{"type":"string","format":"date"}""", """["2026-01-01","2026-01-02"]""", """["2026-01-01","2026-01-01"]""")]
    [InlineData("""{"type":"number"}""", "[1,1.5,-1]", "[1,1.5,1]")]
    [InlineData("""{"type":"number"}""", "[10]", "[1e1]")]
    [InlineData("""{"type":"number"}""", "[0.5]", "[0.50]")]
    [InlineData("""{"type":"integer"}""", "[1,11,111,-1]", "[11,1,11]")]
    [InlineData("""{"type":["integer","string","null"]}""", """[1,"1",null]""", """[null,1,null]""")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[[],[1],[1,1]]", "[[1],[2],[1]]")]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"boolean"}},"required":["a"]}""",
        """[{"a":"x"},{"a":"x","b":true},{"a":"x","b":false}]""",
        """[{"a":"x","b":true},{"a":"x","b":true}]""")]
    public void Values_of_many_kinds_are_told_apart(string items, string right, string wrong)
    {
        var grammar = Compile($$"""{"type":"array","items":{{items}},"uniqueItems":true}""");

        Assert.True(Accepts(grammar, right));
        Assert.False(Accepts(grammar, wrong));
    }

    // What could be written in several orders is written in part: less than is valid, and nothing that is not.
    [Theory]
    [InlineData("""{}""", """[1,"a",null,{},{"a":1},[1,2]]""", """[{"a":1,"b":2}]""")]
    [InlineData("""{"type":"object"}""", """[{},{"a":1},{"b":1}]""", """[{"a":1},{"a":1}]""")]
    [InlineData("""{"additionalProperties":{"type":"integer"},"type":"object"}""", """[{"a":1},{"a":2}]""", """[{"a":1,"b":1}]""")]
    [InlineData(
        """{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true}""", """[{},{"a":1}]""", """[{"b":1}]""")]
    [InlineData("""{"type":"array","items":{"type":"string"},"uniqueItems":true}""", """[[],["a"],["b"]]""", """[["a","b"]]""")]
    public void Items_are_written_in_one_way(string items, string right, string wrong) =>
        Values_of_many_kinds_are_told_apart(items, right, wrong);

    [Theory]
    [InlineData("""[{"type":"string"},{"type":"integer"}]""", """["a",1]""", """["a",1,2]""")]
    [InlineData("""[{"type":"string"},{"type":["string","integer"]}]""", """["a"]""", """["a",1]""")]
    public void Items_with_schemas_of_their_own_are_written_while_these_exclude_each_other(string prefix, string right, string wrong)
    {
        var grammar = Compile($$"""{"type":"array","prefixItems":{{prefix}},"uniqueItems":true}""");

        Assert.True(Accepts(grammar, right));
        Assert.False(Accepts(grammar, wrong));
    }

    [Fact]
    public void The_same_may_stand_in_arrays_apart()
    {
        const string Set = """{"type":"array","items":{"type":"string"},"uniqueItems":true}""";
        var grammar = Compile(
            """{"type":"array","items":{"type":"object","properties":{"a":SET,"b":SET},"required":["a"]}}"""
                .Replace("SET", Set, StringComparison.Ordinal));

        Assert.True(Accepts(grammar, """[{"a":["x","y"],"b":["x"]},{"a":["x"]},{"a":["x"]}]"""));
        Assert.False(Accepts(grammar, """[{"a":["x"],"b":["y","z","y"]}]"""));
    }

    [Theory]
    [InlineData("""{"type":"string"}""", 0)]
    [InlineData("""{"type":"string"}""", 5)]
    [InlineData("""{"type":"string","minLength":1,"maxLength":1}""", 3)]
    [InlineData("""{"type":"string","pattern":"^(a|b{1,3}|cc?)$"}""", 1)]
    [InlineData("""{"type":"string","pattern":"^[ab]{2}$"}""", 4)]
    [InlineData("""{"type":"integer","minimum":1,"maximum":40}""", 12)]
    [InlineData("""{"type":"number"}""", 2)]
    [InlineData("""{"anyOf":[{"type":"boolean"},{"type":"string","format":"date"},{"type":"integer"}]}""", 3)]
    [InlineData("""{"type":"array","items":{"type":"boolean"},"maxItems":2}""", 1)]
    [InlineData("""{"type":"object","properties":{"n":{"type":"boolean"},"s":{"type":"string","maxLength":2}},"required":["n"]}""", 0)]
    [InlineData("""{"type":"object","properties":{"n":{"enum":["a","b"]},"f":{"type":"boolean"}},"required":["n","f"]}""", 1)]
    public void Random_models_never_repeat_an_item_and_always_end(string items, int least)
    {
        var array = $$"""{"type":"array","items":{{items}},"uniqueItems":true,"minItems":{{least}} }""";
        var schema = $$"""{"type":"object","properties":{"x":{{array}} },"required":["x"]}""";
        foreach (var vocabulary in (TokenVocabulary[])[Vocabularies.TinyMoe, Vocabularies.Bytes])
        {
            var grammar = new GrammarCompiler(vocabulary).Compile(SchemaCases.Parse(schema));
            for (var seed = 0; seed < 60; seed++)
            {
                var (text, isComplete) = RandomModel.Write(grammar, vocabulary, grammar.ShortestCompletion + seed, seed);
                Assert.True(isComplete, Encoding.UTF8.GetString(text));
                using var answer = JsonDocument.Parse(text);
                Assert.Empty(JsonSchema.Read(SchemaCases.Parse(schema)).Validate(answer.RootElement));
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"array","uniqueItems":true}""", null)]
    [InlineData("""{"type":"array","items":{"type":"object"},"uniqueItems":true}""", null)]
    [InlineData("""{"type":"array","items":{"type":"object"},"uniqueItems":true,"minItems":2}""", "#/uniqueItems")]
    [InlineData("""{"type":"array","items":{"enum":["a"]},"uniqueItems":true,"minItems":2}""", "#/uniqueItems")]
    [InlineData("""{"type":"array","items":{"type":"string","pattern":"^a?$"},"uniqueItems":true,"minItems":3}""", "#/uniqueItems")]
    [InlineData("""{"type":"array","prefixItems":[{},{}],"uniqueItems":true,"minItems":2}""", "#/uniqueItems")]
    [InlineData("""{"type":"array","contains":{},"uniqueItems":true}""", "#/uniqueItems")]
    [InlineData(
        """{"type":"array","items":{"type":"array","items":{"type":"string"},"uniqueItems":true,"minItems":2},"uniqueItems":true}""",
        "#/items/uniqueItems")]
    [InlineData("""{"type":"array","items":{"enum":["a",1e3,{"type":"string"}]},"uniqueItems":true,"maxItems":1}""", null)]
    [InlineData(
        """{"type":"array","items":{"anyOf":[{"type":"string"},{"const":1e3}]},"uniqueItems":true}""", "#/items/anyOf/1/uniqueItems")]
    public void What_cannot_be_told_apart_is_refused(string schema, string? refusedAt) =>
        Assert.Equal(refusedAt, (Record.Exception(() => Compile(schema)) as UnsupportedSchemaException)?.JsonPointer);

    private static IEnumerable<string[]> Arrays(string[] values, int longest) => longest == 0
        ? [[]]
        : Arrays(values, longest - 1).SelectMany(array => array.Length < longest - 1
            ? [array]
            : values.Select(value => (string[])[.. array, value]).Prepend(array));

    private static CompiledGrammar Compile(string schema) => new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema));

    private static bool Accepts(CompiledGrammar grammar, string text) => grammar.Accepts(Encoding.UTF8.GetBytes(text));
}
