using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Tests.Batching;

public class ToolCallGrammarTests
{
    // 22 tools: QWEN35BATCH_CALLS_PER_TOOL=500 makes eleven thousand calls.
    private static readonly int CallsPerTool =
        int.Parse(Environment.GetEnvironmentVariable("QWEN35BATCH_CALLS_PER_TOOL") ?? "60", CultureInfo.InvariantCulture);

    private static readonly Qwen35Tokenizer Tokenizer = ToolCallWriter.Tokenizer;
    private static readonly TokenVocabulary Vocabulary = ToolCallWriter.Vocabulary;
    private static readonly GrammarCompiler Compiler = ToolCallWriter.Compiler;
    private static readonly ToolMarks Marks = ToolCallWriter.Marks;

    private static readonly (string Name, string Schema)[] Tools =
    [
        ("now", """{"type":"object","properties":{}}"""),
        (
            "get_weather",
            """{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["c","f"]}},"required":["city"]}"""),
        (
            "search",
            """{"type":"object","properties":{"query":{"type":"string","minLength":1,"maxLength":20},"limit":"""
                + """{"type":"integer","minimum":1,"maximum":50}},"required":["query","limit"],"additionalProperties":false}"""),
        ("add", """{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]}"""),
        ("toggle", """{"type":"object","properties":{"on":{"type":"boolean"}},"required":["on"]}"""),
        (
            "list",
            """{"type":"object","properties":{"items":{"type":"array","items":{"type":"string"},"maxItems":3}},"required":["items"]}"""),
        (
            "nested",
            """{"type":"object","properties":{"point":{"type":"object","properties":{"x":{"type":"integer"},"y":"""
                + """{"type":"integer"}},"required":["x","y"]}},"required":["point"]}"""),
        ("optional", """{"type":"object","properties":{"a":{"type":"null"},"b":{"type":"boolean"},"c":{"type":"string","maxLength":3}}}"""),
        ("dated", """{"type":"object","properties":{"on":{"type":"string","format":"date"}},"required":["on"]}"""),
        ("pattern", """{"type":"object","properties":{"id":{"type":"string","pattern":"^[A-Z]{2}-\\d{3}$"}},"required":["id"]}"""),
        ("nullable", """{"type":"object","properties":{"note":{"anyOf":[{"type":"null"},{"type":"integer"}]}},"required":["note"]}"""),
        (
            "map",
            """{"type":"object","properties":{"counts":{"type":"object","additionalProperties":{"type":"integer"}}},"required":"""
                + """["counts"]}"""),
        (
            "ref",
            """{"type":"object","properties":{"tree":{"$ref":"#/$defs/t"}},"required":["tree"],"$defs":{"t":"""
                + """{"type":"object","properties":{"v":{"type":"integer"},"n":{"type":"array","items":"""
                + """{"$ref":"#/$defs/t"}}},"required":["v"]}}}"""),
        ("const", """{"type":"object","properties":{"mode":{"const":"fast"},"level":{"enum":[1,2,3]}},"required":["mode","level"]}"""),
        ("cents", """{"type":"object","properties":{"price":{"type":"number","multipleOf":0.01,"minimum":0}},"required":["price"]}"""),
        ("two_texts", """{"type":"object","properties":{"from":{"type":"string"},"to":{"type":"string"}},"required":["from","to"]}"""),
        (
            "different",
            """{"type":"object","properties":{"note":{"type":"string"},"tags":{"type":"array","items":{"type":"integer","minimum":"""
                + """1,"maximum":6},"uniqueItems":true,"minItems":3}},"required":["note","tags"]}"""),
        (
            "named",
            """{"type":"object","properties":{"scores":{"type":"object","additionalProperties":{"type":"array","items":"""
                + """{"type":"boolean"}},"minProperties":3},"more":{"type":"object","minProperties":2}},"required":["scores"]}"""),
        ("any", """{"type":"object","properties":{"list":{"type":"array"}},"required":["list"]}"""),
        ("名前", """{"type":"object","properties":{"都市":{"type":"string"}},"required":["都市"]}"""),
        (
            "mail",
            """{"type":"object","properties":{"to":{"type":"string","format":"email"},"cc":{"type":"array","items":"""
                + """{"type":"string","format":"email"},"maxItems":1}},"required":["to"]}"""),
        (
            "choice",
            """{"type":"object","properties":{"shape":{"oneOf":[{"type":"object","properties":{"r":{"type":"integer"}},"required":"""
                + """["r"]},{"type":"object","properties":{"w":{"type":"integer"}},"required":["w"]}]}},"required":["shape"]}"""),
    ];

    private static readonly AIFunctionDeclaration[] Declared =
        [.. Tools.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, null, SchemaCases.Parse(tool.Schema)))];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Tools.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Every_call_by_random_weights_is_parsed_and_valid(int index)
    {
        var (name, schema) = Tools[index];
        var calls = Compiler.Compile([(name, SchemaCases.Parse(schema))]);
        for (var seed = 0; seed < CallsPerTool; seed++)
        {
            var text = ToolCallWriter.Write(
                new ToolCallGrammar(calls, Marks, isRequired: true, mostCalls: 1), calls.ShortestCompletion + 2 + (seed % 60), seed);

            var answer = Answer.Parse(text, thinking: false, Declared);
            Assert.Equal("", answer.Text);
            var call = Assert.Single(answer.ToolCalls);
            Assert.Equal(name, call.Name);
            var arguments = JsonSerializer.SerializeToElement(call.Arguments);
            Assert.Empty(JsonSchema.Read(SchemaCases.Parse(schema)).Validate(arguments).Select(violation => $"{violation} of {text}"));
        }
    }

    [Fact]
    public void Several_tools_and_calls_are_told_apart_and_nothing_outside_the_list_is_called()
    {
        var calls = Compiler.Compile([.. Tools.Select(tool => (tool.Name, SchemaCases.Parse(tool.Schema)))]);
        var counts = new HashSet<int>();
        for (var seed = 0; seed < 60; seed++)
        {
            var text = ToolCallWriter.Write(new ToolCallGrammar(calls, Marks, isRequired: seed % 2 == 0, int.MaxValue), 120, seed);
            var answer = Answer.Parse(text, thinking: false, Declared);
            Assert.DoesNotContain("tool_call>", answer.Text, StringComparison.Ordinal);
            counts.Add(answer.ToolCalls.Count);
            foreach (var call in answer.ToolCalls)
            {
                var schema = JsonSchema.Read(SchemaCases.Parse(Tools.Single(tool => tool.Name == call.Name).Schema));
                Assert.Empty(
                    schema.Validate(JsonSerializer.SerializeToElement(call.Arguments)).Select(violation => $"{violation} of {text}"));
            }
        }
        Assert.True(counts.Max() > 1, string.Join(' ', counts));
    }

    [Fact]
    public void Text_comes_before_a_call_and_nothing_after_the_last()
    {
        var calls = Compiler.Compile([(Tools[0].Name, SchemaCases.Parse(Tools[0].Schema))]);
        var grammar = new ToolCallGrammar(calls, Marks, isRequired: false, mostCalls: 2);
        AcceptAll(grammar, Tokenizer.Encode("Let me see."));
        AcceptAll(grammar, [Marks.Start, .. Tokenizer.Encode("\n<function=now>\n</function>\n"), Marks.End]);
        Assert.False(grammar.IsComplete);
        Assert.Equal(((int[])[.. Vocabulary.EndOfText, Marks.Gap]).Order(), Allowed(grammar, 100));
        AcceptAll(grammar, [Marks.Gap, Marks.Start, .. Tokenizer.Encode("\n<function=now>\n</function>\n"), Marks.End]);
        Assert.True(grammar.IsComplete);
    }

    [Fact]
    public void A_call_is_begun_only_when_it_can_be_ended()
    {
        var calls = Compiler.Compile([(Tools[1].Name, SchemaCases.Parse(Tools[1].Schema))]);
        var grammar = new ToolCallGrammar(calls, Marks, isRequired: false, mostCalls: 1);
        Assert.Contains(Marks.Start, Allowed(grammar, calls.ShortestCompletion + 2));
        Assert.DoesNotContain(Marks.Start, Allowed(grammar, calls.ShortestCompletion + 1));
        Assert.DoesNotContain(Marks.End, Allowed(grammar, 1000));
    }

    private static List<int> Allowed(ToolCallGrammar grammar, int remaining)
    {
        var mask = new ulong[(Vocabulary.Size + 63) / 64];
        grammar.FillMask(mask, remaining);
        return [.. Enumerable.Range(0, Vocabulary.Size).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0)];
    }

    private static void AcceptAll(ToolCallGrammar grammar, IEnumerable<int> tokens)
    {
        foreach (var token in tokens)
        {
            Assert.Contains(token, Allowed(grammar, 1000));
            grammar.Accept(token);
        }
    }
}
