using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>
/// Schemas that would take hours, all memory or the whole stack if they were taken at their word: each compiles, or is refused with a
/// pointer.
/// </summary>
public class HostileSchemaTests
{
    private static readonly GrammarCompiler Compiler = new(Vocabularies.Bytes);

    public static TheoryData<string, string> Refused { get; } = new()
    {
        { "a document of 10,000 levels", Nested("{\"items\":", "{}", "}", 10_000) },
        { "a chain of 5,000 references", Chain(5_000, next => $$"""{"$ref":{{next}}}""") },
        { "a chain of 5,000 references, the last first", Chain(5_000, next => $$"""{"$ref":{{next}}}""", isReversed: true) },
        { "a circle of references", """{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"$ref":"#/$defs/a"},{}]}}}""" },
        { "alternatives of alternatives, doubled 60 times", Chain(60, next => $$"""{"anyOf":[{"$ref":{{next}}},{"$ref":{{next}}}]}""") },
        { "60 choices that all contradict", AllOf(60, i => $$"""{"anyOf":[{"const":"a{{i}}"},{"const":"b{{i}}"}]}""") },
        { "10,000 choices of one", AllOf(10_000, i => $$"""{"anyOf":[{"maxLength":{{i}}}]}""") },
        {
            "what cannot be ruled out, doubled 40 times",
            Chain(40, next => $$"""{"allOf":[{"$ref":{{next}}},{"$ref":{{next}}}]}""", keyword: "not")
                .Replace("""{"type":"object"}""", """{"uniqueItems":true}""", StringComparison.Ordinal)
        },
        { "a pattern of a hundred thousand repetitions", Pattern("a{1,100000}") },
        { "a pattern of repetitions of repetitions", Pattern("^((a{1,1000}){1,1000}){1,1000}$") },
        { "a pattern of repetitions of nothing", Pattern("^(((){10000}){10000}){10000}$") },
        { "a pattern of exponentially many states", Pattern("^(a|b)*a(a|b){40}$") },
        { "a pattern of long sets of states", Pattern("^(a{1,150}){1,150}$") },
        {
            "a pattern that looks ahead in repetitions of repetitions",
            Pattern($"^{new string('(', 12)}(?=a)b{string.Concat(Enumerable.Repeat("){8}", 12))}")
        },
        { "1,000 properties, 900 at most", Properties(1_000, _ => "{}", "\"maxProperties\":900") },
    };

    public static TheoryData<string, string> Compiled { get; } = new()
    {
        { "an enum of 50,000 names", Enum(0, 50_000) },
        { "two enums of 20,000 names", $$"""{"allOf":[{{Enum(0, 20_000)}},{{Enum(10_000, 20_000)}}]}""" },
        { "all of all, doubled 40 times", Chain(40, next => $$"""{"allOf":[{"$ref":{{next}}},{"$ref":{{next}}}]}""") },
        {
            "2,000 objects within one another",
            Chain(2_000, next => $$"""{"type":"object","properties":{"a":{"$ref":{{next}} } } }""")
        },
        {
            "what does not fit 400 properties within one another",
            Chain(400, next => $$"""{"required":["a"],"properties":{"a":{"$ref":{{next}} } } }""", keyword: "not")
        },
        { "5,000 properties", Properties(5_000, i => $$"""{"type":"string","maxLength":{{i}}}""") },
        { "5,000 required properties", $$"""{"type":"object","required":[{{Join(5_000, i => $"\"p{i}\"")}}]}""" },
        { "700 properties, 100 at most", Properties(700, _ => "{}", "\"maxProperties\":100") },
        { "a minimum of a million items", """{"type":"array","items":{"type":"null"},"minItems":1000000}""" },
        { "a number of 2,000 digits", $$"""{"type":"integer","minimum":{{new string('9', 2_000)}}e-1990}""" },
        {
            "40 alternatives of the same beginnings",
            $$"""{"anyOf":[{{Join(40, i => Properties(1, _ => $$"""{"const":{{i}}}""", "\"required\":[\"p0\"]"))}}]}"""
        },
        {
            "alternatives that are told apart behind what holds the next level eight times, eleven levels deep",
            Chain(11, next => $$"""{"anyOf":[{{Required(8, $$"""{"$ref":{{next}} }""")}},{"type":"null"}]}""").Replace(
                """
                "allOf":[{"$ref":"#/$defs/s0"}]
                """,
                $$"""
                "oneOf":[{{Required(1, """{"$ref":"#/$defs/s0"}""")}},{{Required(2, """{"$ref":"#/$defs/s0"}""")}}]
                """,
                StringComparison.Ordinal)
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_would_not_end_is_refused_by_pointer(string what, string schema)
    {
        var refused = Assert.Throws<UnsupportedSchemaException>(() => Compile(schema));

        Assert.True(refused.Faults.All(fault => fault.JsonPointer.StartsWith('#') && fault.Reason.Length > 10), what);
    }

    [Theory]
    [MemberData(nameof(Compiled))]
    public void What_is_only_large_compiles(string what, string schema) => Assert.True(Compile(schema).ShortestCompletion > 0, what);

    /// <summary>Each level doubles the ways to look at what is below it; a value is looked at once for each schema.</summary>
    [Fact]
    public void A_value_of_many_levels_is_judged_though_all_alternatives_fit_all_of_it()
    {
        var schema = JsonSchema.Read(SchemaCases.Parse("""
            {
              "$ref": "#/$defs/n",
              "$defs": { "n": { "anyOf": [
                { "type": "object", "properties": { "a": { "$ref": "#/$defs/n" } } },
                { "type": "object", "properties": { "a": { "$ref": "#/$defs/n" }, "b": {} } },
                { "type": "null" } ] } }
            }
            """)).Checked();
        using var fitting = JsonDocument.Parse(Nested("""{"a":""", "null", "}", 60));
        using var unsaid = JsonDocument.Parse(Nested("""{"a":""", """{"c":1}""", "}", 60));
        using var wrong = JsonDocument.Parse(Nested("""{"a":""", "1", "}", 60));

        Assert.Empty(schema.Validate(fitting.RootElement));
        Assert.Equal(string.Concat(Enumerable.Repeat("/a", 60)) + "/c", Assert.Single(schema.Validate(unsaid.RootElement)).Pointer);
        Assert.NotEmpty(schema.Validate(wrong.RootElement));
    }

    private static CompiledGrammar Compile(string schema)
    {
        using var document = JsonDocument.Parse(schema, new() { MaxDepth = 100_000 });
        return Compiler.Compile(JsonSchemaGrammar.Compile(JsonSchema.Read(document.RootElement).Checked()));
    }

    private static string Nested(string before, string inner, string after, int times)
    {
        var text = new StringBuilder();
        for (var i = 0; i < times; i++)
            text.Append(before);
        text.Append(inner);
        for (var i = 0; i < times; i++)
            text.Append(after);
        return text.ToString();
    }

    /// <summary>Definitions that each lead to the next one, and the last to an object.</summary>
    private static string Chain(int length, Func<string, string> schema, bool isReversed = false, string keyword = "allOf")
    {
        var definitions = Enumerable.Range(0, length)
            .Select(i => $"\"s{i}\":{schema($"\"#/$defs/s{i + 1}\"")}")
            .Append($"\"s{length}\":{{\"type\":\"object\"}}");
        var start = """{"$ref":"#/$defs/s0"}""";
        return $"{{\"{keyword}\":{(keyword == "allOf" ? $"[{start}]" : start)},"
            + $"\"$defs\":{{{string.Join(',', isReversed ? definitions.Reverse() : definitions)}}}}}";
    }

    private static string AllOf(int count, Func<int, string> schema) => $$"""{"type":"string","allOf":[{{Join(count, schema)}}]}""";

    private static string Enum(int from, int count) => $$"""{"enum":[{{Join(count, i => $"\"n{from + i}\"")}}]}""";

    private static string Pattern(string pattern) => JsonSerializer.Serialize(new { type = "string", pattern });

    private static string Properties(int count, Func<int, string> schema, string keyword = "\"minProperties\":0") =>
        $"{{\"type\":\"object\",{keyword},\"properties\":{{{Join(count, i => $"\"p{i}\":{schema(i)}")}}}}}";

    private static string Required(int count, string schema) =>
        Properties(count, _ => schema, $"\"required\":[{Join(count, i => $"\"p{i}\"")}]");

    private static string Join(int count, Func<int, string> item) => string.Join(',', Enumerable.Range(0, count).Select(item));
}
