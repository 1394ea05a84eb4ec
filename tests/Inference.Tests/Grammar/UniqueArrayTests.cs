using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
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

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string"},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"type":"number"},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"type":"integer","minimum":1,"maximum":31},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"enum":["a"]},"uniqueItems":true,"minItems":2}""")]
    public void What_cannot_be_told_apart_is_refused(string schema) =>
        Assert.Equal("#/uniqueItems", Assert.Throws<UnsupportedSchemaException>(() => Compile(schema)).JsonPointer);

    private static IEnumerable<string[]> Arrays(string[] values, int longest) => longest == 0
        ? [[]]
        : Arrays(values, longest - 1).SelectMany(array => array.Length < longest - 1
            ? [array]
            : values.Select(value => (string[])[.. array, value]).Prepend(array));

    private static CompiledGrammar Compile(string schema) => new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema));

    private static bool Accepts(CompiledGrammar grammar, string text) => grammar.Accepts(Encoding.UTF8.GetBytes(text));
}
