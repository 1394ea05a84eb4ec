using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Objects that need several properties whose names the schema does not list.</summary>
public class DifferentNamesTests
{
    [Theory]
    [InlineData("""{"minProperties":2}""", """{"a":1,"b":{"a":1,"a":2}}""", """{"a":1}""")]
    [InlineData("""{"minProperties":2}""", """{"a":1,"ab":2,"b":3}""", """{"a":1,"a":2}""")]
    [InlineData("""{"minProperties":2}""", """{"a":1,"b":2}""", """{"a":1,"b":2,"a":3}""")]
    [InlineData("""{"minProperties":2}""", """{"a\"b":1,"a\\":2}""", """{"/":1,"\/":2}""")]
    [InlineData("""{"minProperties":2,"maxProperties":2}""", """{"a":1,"b":2}""", """{"a":1,"b":2,"c":3}""")]
    [InlineData(
        """{"properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"integer"},"minProperties":3}""",
        """{"a":1,"b":2,"c":3}""",
        """{"a":1,"b":2,"b":3}""")]
    [InlineData(
        """{"patternProperties":{"^[a-c]$":{"type":"integer"}},"additionalProperties":false,"minProperties":3}""",
        """{"c":1,"a":2,"b":3}""",
        """{"a":1,"b":2,"b":3}""")]
    [InlineData(
        """{"propertyNames":{"pattern":"^日?[0-9]{1,2}$"},"minProperties":2}""", """{"日1":null,"1":null}""", """{"日1":null,"日1":1}""")]
    [InlineData(
        """{"additionalProperties":{"type":"object","minProperties":2},"minProperties":2}""",
        """{"a":{"a":1,"b":2},"b":{"a":1,"b":2}}""",
        """{"a":{"a":1,"b":2},"b":{"a":1,"a":2}}""")]
    public void As_many_are_written_as_are_needed_and_no_name_twice(string schema, string right, string wrong)
    {
        var grammar = new GrammarCompiler(Vocabularies.Bytes).Compile(Typed(schema));

        Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(right)));
        Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(wrong)));
    }

    [Theory]
    [InlineData("""{"additionalProperties":{"type":"boolean"},"minProperties":2}""")]
    [InlineData("""{"additionalProperties":{"type":"string","maxLength":3},"minProperties":5,"maxProperties":6}""")]
    [InlineData("""{"properties":{"a":{"type":"null"},"b":{"type":"null"}},"additionalProperties":{"type":"integer"},"minProperties":4}""")]
    [InlineData("""{"patternProperties":{"^[ab]{1,2}$":{"type":"null"}},"additionalProperties":false,"minProperties":6}""")]
    [InlineData(
        """{"patternProperties":{"^x":{"type":"boolean"},"^[a-d]$":{"type":"null"}},"additionalProperties":false,"minProperties":4}""")]
    [InlineData("""{"additionalProperties":{"type":"object","minProperties":2,"maxProperties":3},"minProperties":2,"maxProperties":3}""")]
    [InlineData("""{"propertyNames":{"minLength":1,"maxLength":1},"additionalProperties":{"type":"null"},"minProperties":64}""")]
    [InlineData(
        """{"additionalProperties":{"type":"array","items":{"type":"string"},"uniqueItems":true,"minItems":2},"minProperties":2}""")]
    public void Random_models_write_enough_different_names_and_always_end(string schema)
    {
        foreach (var vocabulary in (TokenVocabulary[])[Vocabularies.TinyMoe, Vocabularies.Bytes])
        {
            var grammar = new GrammarCompiler(vocabulary).Compile(Typed(schema));
            for (var seed = 0; seed < 60; seed++)
            {
                var (text, isComplete) = RandomModel.Write(grammar, vocabulary, grammar.ShortestCompletion + seed, seed);
                Assert.True(isComplete, Encoding.UTF8.GetString(text));
                using var answer = JsonDocument.Parse(text);
                Assert.Empty(JsonSchema.Read(Typed(schema)).Validate(answer.RootElement));
                Assert.Distinct(answer.RootElement.EnumerateObject().Select(member => member.Name));
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"object","minProperties":65}""", "#/minProperties")]
    [InlineData(
        """{"type":"object","patternProperties":{"^[ab]$":{}},"additionalProperties":false,"minProperties":3}""", "#/minProperties")]
    [InlineData(
        """{"type":"object","patternProperties":{"^[ab]$":{},"^[cd]$":{}},"additionalProperties":false,"minProperties":3}""",
        "#/minProperties")]
    [InlineData("""{"type":"object","minProperties":2,"not":{"additionalProperties":{"type":"string"}}}""", "#/minProperties")]
    [InlineData("""{"type":"array","items":{"type":"object","minProperties":2},"uniqueItems":true}""", "#/items/uniqueItems")]
    public void What_cannot_be_told_apart_is_refused(string schema, string refusedAt) => Assert.Equal(
        refusedAt,
        Assert.Throws<UnsupportedSchemaException>(() => new GrammarCompiler(Vocabularies.Bytes).Compile(SchemaCases.Parse(schema)))
            .JsonPointer);

    private static JsonElement Typed(string schema) => SchemaCases.Parse($$"""{"type":"object",{{schema[1..]}}""");
}
