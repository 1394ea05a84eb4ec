using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Tests.Grammar;
using Qwen35Batch.Inference.Tests.Grammar.Fuzz;
using Qwen35Batch.Inference.Tokenization;
using JsonSchema = Qwen35Batch.Schemas.JsonSchema;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>Tools as programs and their libraries declare them: calls by random weights are parsed and valid.</summary>
public class ToolStylesTests
{
    // QWEN35BATCH_CALLS_PER_TOOL=500 makes ten thousand calls.
    private static readonly int CallsPerTool =
        int.Parse(Environment.GetEnvironmentVariable("QWEN35BATCH_CALLS_PER_TOOL") ?? "25", CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, string> Tools = new()
    {
        // All required, null for what is left out, closed: how strict functions are declared.
        ["strict_order"] = """
            {"type":"object","properties":{"id":{"type":"string"},"note":{"type":["string","null"]},
             "lines":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"},"count":{"type":"integer"}},
             "required":["sku","count"],"additionalProperties":false}}},"required":["id","note","lines"],"additionalProperties":false}
            """,
        ["strict_union"] = """
            {"type":"object","properties":{"target":{"anyOf":[
             {"type":"object","properties":{"kind":{"type":"string","enum":["mail"]},"address":{"type":"string"}},
              "required":["kind","address"],"additionalProperties":false},
             {"type":"object","properties":{"kind":{"type":"string","enum":["room"]},"number":{"type":"integer"}},
              "required":["kind","number"],"additionalProperties":false}]}},"required":["target"],"additionalProperties":false}
            """,
        ["strict_tree"] = """
            {"type":"object","properties":{"root":{"$ref":"#/$defs/node"}},"required":["root"],"additionalProperties":false,
             "$defs":{"node":{"type":"object","properties":{"label":{"type":"string"},"next":{"anyOf":[{"$ref":"#/$defs/node"},
             {"type":"null"}]}},"required":["label","next"],"additionalProperties":false}}}
            """,

        // Described at length, with examples and defaults.
        ["described"] = """
            {"type":"object","title":"Search","description":"Finds places.","properties":{"query":{"type":"string","description":"What.",
             "examples":["cafe"]},"radius":{"type":"number","default":1.5,"exclusiveMinimum":0,"maximum":50},
             "sort":{"type":"string","enum":["near","best"],"default":"near"}},"required":["query"]}
            """,
        ["nested_filters"] = """
            {"type":"object","properties":{"filters":{"type":"object","properties":{"price":{"type":"object","properties":
             {"min":{"type":"number","minimum":0},"max":{"type":"number","minimum":0}}},"tags":{"type":"array","items":{"type":"string",
             "enum":["new","used","sale"]},"uniqueItems":true}}}},"required":["filters"]}
            """,

        // Of OpenAPI.
        ["propertyOrdering"] = """
            {"type":"object","properties":{"when":{"type":"string","format":"date-time"},"zone":{"type":"string","nullable":true},
             "size":{"type":"integer","format":"int32"}},"propertyOrdering":["when","zone","size"],"required":["when"]}
            """,
        ["discriminated"] = """
            {"type":"object","properties":{"pet":{"oneOf":[{"$ref":"#/components/schemas/Cat"},{"$ref":"#/components/schemas/Dog"}],
             "discriminator":{"propertyName":"kind"}}},"required":["pet"],"components":{"schemas":{
             "Cat":{"type":"object","properties":{"kind":{"type":"string","enum":["cat"]},"lives":{"type":"integer"}},"required":["kind"]},
             "Dog":{"type":"object","properties":{"kind":{"type":"string","enum":["dog"]},"barks":{"type":"boolean"}},
             "required":["kind"]}}}}
            """,

        // Of MCP servers: generated from TypeScript and from Python.
        ["edit_file"] = """
            {"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"path":{"type":"string"},
             "edits":{"type":"array","items":{"type":"object","properties":{"oldText":{"type":"string"},"newText":{"type":"string"}},
             "required":["oldText","newText"],"additionalProperties":false}},"dryRun":{"type":"boolean","default":false}},
             "required":["path","edits"],"additionalProperties":false}
            """,
        ["record"] = """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"env":{"type":"object",
             "propertyNames":{"type":"string"},"additionalProperties":{"type":"string"}},"level":{"anyOf":[{"type":"string","const":"low"},
             {"type":"string","const":"high"}]}},"required":["env"],"additionalProperties":false}
            """,
        ["fetch"] = """
            {"type":"object","properties":{"url":{"type":"string","format":"uri","minLength":1},"max_length":{"type":"integer",
             "exclusiveMinimum":0,"exclusiveMaximum":1000000,"default":5000},"raw":{"type":"boolean","default":false}},"required":["url"]}
            """,
        ["optional_model"] = """
            {"$defs":{"Unit":{"enum":["m","km"],"title":"Unit","type":"string"},"Spot":{"properties":{"lat":{"type":"number"},
             "lon":{"type":"number"},"unit":{"anyOf":[{"$ref":"#/$defs/Unit"},{"type":"null"}],"default":null}},
             "required":["lat","lon"],"title":"Spot","type":"object"}},"properties":{"spot":{"$ref":"#/$defs/Spot"},
             "names":{"items":{"type":"string"},"type":"array"},"extra":{"anyOf":[{"type":"object","additionalProperties":true},
             {"type":"null"}],"default":null}},"required":["spot","names"],"title":"args","type":"object"}
            """,
        ["tuple"] = """
            {"type":"object","properties":{"box":{"type":"array","prefixItems":[{"type":"integer"},{"type":"integer"}],"items":false,
             "minItems":2}},"required":["box"]}
            """,
        ["old_tuple"] = """
            {"type":"object","properties":{"pair":{"type":"array","items":[{"type":"string"},{"type":"boolean"}],
             "additionalItems":false}},"required":["pair"]}
            """,

        // Of no parameters, in the ways that are in use.
        ["nothing"] = """{"type":"object","properties":{}}""",
        ["nothing_closed"] = """{"type":"object","properties":{},"required":[],"additionalProperties":false}""",
        ["nothing_said"] = """{"type":"object"}""",

        // Open ones.
        ["open"] = """{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"],"additionalProperties":true}""",
        ["open_value"] = """
            {"type":"object","properties":{"data":{},"more":{"type":"object","additionalProperties":true}},"required":["data"]}
            """,

        // Names of other alphabets.
        ["天気を調べる"] = """
            {"type":"object","properties":{"都市":{"type":"string","minLength":1},"単位":{"enum":["摂氏","華氏"]},
             "日数":{"type":"integer","minimum":1,"maximum":7}},"required":["都市","単位"]}
            """,
        ["namespace.tool-name/v2"] = """
            {"type":"object","properties":{"$top":{"type":"integer","minimum":1},"filter-by":{"type":"string","pattern":"^[a-z]+ eq \\d+$"},
             "a b":{"type":"boolean"}},"required":["$top","a b"]}
            """,

        // What several parameters say of each other.
        ["dependent"] = """
            {"type":"object","properties":{"from":{"type":"string","format":"date"},"to":{"type":"string","format":"date"},
             "all":{"type":"boolean"}},"dependentRequired":{"to":["from"]},"anyOf":[{"required":["from"]},{"required":["all"]}]}
            """,
    };

    private static readonly AIFunctionDeclaration[] Declared =
        [.. Tools.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Key, null, SchemaCases.Parse(tool.Value)))];

    public static TheoryData<string> Names => [.. Tools.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Calls_by_random_weights_are_parsed_and_valid(string name)
    {
        var schema = SchemaCases.Parse(Tools[name]);
        var calls = ToolCallWriter.Compiler.Compile([(name, schema)]);
        var judge = new SchemaJudge(schema);
        for (var seed = 0; seed < CallsPerTool; seed++)
        {
            var text = ToolCallWriter.Write(
                new ToolCallGrammar(calls, ToolCallWriter.Marks, isRequired: true, mostCalls: 1),
                calls.ShortestCompletion + 2 + (seed % 80),
                seed);

            var call = Assert.Single(Answer.Parse(text, thinking: false, Declared).ToolCalls);

            Assert.Equal(name, call.Name);
            var arguments = JsonSerializer.SerializeToElement(call.Arguments);
            Assert.Empty(JsonSchema.Read(schema).Validate(arguments).Select(violation => $"{violation} of {text}"));
            Assert.True(judge.IsValid(arguments) != false, text);
        }
    }

    [Fact]
    public void All_of_them_together_are_told_apart()
    {
        var calls = ToolCallWriter.Compiler.Compile([.. Tools.Select(tool => (tool.Key, SchemaCases.Parse(tool.Value)))]);
        var called = new HashSet<string>();
        for (var seed = 0; seed < 60; seed++)
        {
            var text = ToolCallWriter.Write(new ToolCallGrammar(calls, ToolCallWriter.Marks, isRequired: true, int.MaxValue), 150, seed);
            foreach (var call in Answer.Parse(text, thinking: false, Declared).ToolCalls)
            {
                called.Add(call.Name);
                var arguments = JsonSerializer.SerializeToElement(call.Arguments);
                Assert.Empty(JsonSchema.Read(SchemaCases.Parse(Tools[call.Name])).Validate(arguments)
                    .Select(violation => $"{violation} of {text}"));
            }
        }

        Assert.InRange(called.Count, 10, Tools.Count);
    }
}
