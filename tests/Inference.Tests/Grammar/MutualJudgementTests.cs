using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Faults;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>
/// The grammar that writes answers and the validator that checks them, on schemas of all keywords: neither is right alone.
/// </summary>
public class MutualJudgementTests
{
    private static readonly GrammarCompiler Compiler = new(Vocabularies.TinyMoe);
    private static readonly GrammarCompiler Bytewise = new(Vocabularies.Bytes);

    private static readonly int First = Random.Shared.Next();

    /// <summary>Other schemas in every run; what fails names its seed.</summary>
    [Fact]
    public void What_the_grammar_writes_the_validator_accepts_and_what_it_takes_of_changed_answers_too() =>
        Parallel.For(0, 800, i => Judge(unchecked(First + i)));

    [Theory]
    [InlineData(110358)]
    [InlineData(110484)]
    [InlineData(114730)]
    public void They_agree_where_they_once_did_not(int seed) => Judge(seed);

    private static void Judge(int seed)
    {
        var random = new Random(seed);
        var extra = random.Next(41);
        var written = RandomSchema.Create(random, 3);
        var schema = JsonSchema.Read(JsonSerializer.SerializeToElement(written));
        if (TryCompile(schema) is not { } grammar)
            return;
        var (text, isComplete) = Write(grammar, extra, seed, written);
        Assert.True(isComplete, $"seed {seed}: {written.ToJsonString()} : {Encoding.UTF8.GetString(text)}");
        Judge(schema, text, written, seed);

        var bytewise = Bytewise.Compile(JsonSchemaGrammar.Compile(schema));
        Assert.True(Accepts(bytewise, text), $"seed {seed}: {Encoding.UTF8.GetString(text)}");
        for (var i = 0; i < 20; i++)
        {
            if (Change(text, random) is var changed && Accepts(bytewise, changed))
                Judge(schema, changed, written, seed);
        }
    }

    private static (byte[] Text, bool IsComplete) Write(CompiledGrammar grammar, int extra, int seed, JsonObject schema)
    {
        try
        {
            return RandomModel.Write(grammar, Vocabularies.TinyMoe, grammar.ShortestCompletion + extra, seed);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"seed {seed}: {error.Message} {schema.ToJsonString()}", error);
        }
    }

    private static CompiledGrammar? TryCompile(JsonSchema schema)
    {
        try
        {
            return Compiler.Compile(JsonSchemaGrammar.Compile(schema));
        }
        catch (UnsupportedSchemaException)
        {
            return null;
        }
    }

    private static void Judge(JsonSchema schema, byte[] text, JsonObject written, int seed)
    {
        using var answer = JsonDocument.Parse(text);
        var violation = schema.Validate(answer.RootElement).Select(found => found.ToString()).FirstOrDefault();
        Assert.True(violation is null, $"seed {seed}: {violation} {answer.RootElement.GetRawText()} {written.ToJsonString()}");
    }

    private static bool Accepts(CompiledGrammar grammar, byte[] text)
    {
        var session = grammar.CreateSession();
        try
        {
            foreach (var value in text)
                session.Accept(value);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        return session.ShortestCompletion == 0;
    }

    private static byte[] Change(byte[] text, Random random)
    {
        var changed = text.ToList();
        for (var i = random.Next(1, 4); i > 0 && changed.Count > 0; i--)
        {
            var at = random.Next(changed.Count);
            switch (random.Next(3))
            {
                case 0:
                    changed.RemoveAt(at);
                    break;
                case 1:
                    changed.Insert(at, changed[random.Next(changed.Count)]);
                    break;
                default:
                    changed[at] = (byte)"0123456789abk\"{}[],:-.e"[random.Next(23)];
                    break;
            }
        }
        return [.. changed];
    }

    /// <summary>Schemas of all keywords, small enough that they often have a say in one another.</summary>
    private static class RandomSchema
    {
        private static readonly string[] Names = ["a", "b", "ab", "k", "x-1", "名"];
        private static readonly string[] Patterns = ["^[a-c]+$", "b", "^a?b*$", "^(?!ab)[ab]{1,3}$", "^\\d{1,4}$", "^[^a]*$"];

        public static JsonObject Create(Random random, int depth) => random.Next(depth <= 0 ? 8 : 14) switch
        {
            0 => Text(random),
            1 => Number(random),
            2 => new JsonObject { ["type"] = new JsonArray("boolean", "null") },
            3 => new JsonObject { ["enum"] = new JsonArray("a", "ab", 1, 2.5, null, true, new JsonArray(1), new JsonObject { ["k"] = 1 }) },
            4 => new JsonObject { ["const"] = random.Next(3) switch { 0 => "a", 1 => 1, _ => null } },
            5 => Text(random),
            6 => Number(random),
            7 => random.Next(3) == 0 ? new JsonObject() : new JsonObject { ["type"] = "string", ["maxLength"] = random.Next(4) },
            8 or 9 or 10 => Object(random, depth),
            11 => Array(random, depth),
            12 => Combined(random, depth),
            _ => Conditional(random, depth),
        };

        private static JsonObject Text(Random random)
        {
            var schema = new JsonObject { ["type"] = "string" };
            if (random.Next(2) == 0)
                schema["pattern"] = Patterns[random.Next(Patterns.Length)];
            if (random.Next(2) == 0)
                schema["minLength"] = random.Next(3);
            if (random.Next(2) == 0)
                schema["maxLength"] = 2 + random.Next(3);
            return schema;
        }

        private static JsonObject Number(Random random)
        {
            var schema = new JsonObject { ["type"] = random.Next(2) == 0 ? "integer" : "number" };
            if (random.Next(2) == 0)
                schema["minimum"] = random.Next(-9, 9) / 2.0;
            if (random.Next(2) == 0)
                schema["exclusiveMaximum"] = 10 + random.Next(20);
            if (random.Next(3) == 0)
                schema["multipleOf"] = random.Next(3) switch { 0 => 0.25, 1 => 3, _ => 0.01 };
            return schema;
        }

        private static JsonObject Object(Random random, int depth)
        {
            var names = Names.Where(_ => random.Next(2) == 0).ToArray();
            var schema = new JsonObject { ["type"] = "object" };
            if (random.Next(4) != 0)
            {
                schema["properties"] = new JsonObject(
                    names.Select(name => KeyValuePair.Create<string, JsonNode?>(name, Create(random, depth - 1))));
            }

            schema["required"] = new JsonArray([.. Names.Where(_ => random.Next(4) == 0).Select(name => JsonValue.Create(name))]);
            if (random.Next(3) == 0)
                schema["additionalProperties"] = random.Next(2) == 0 ? random.Next(2) == 0 : Create(random, depth - 1);
            if (random.Next(4) == 0)
                schema["patternProperties"] = new JsonObject { ["^x-"] = Create(random, depth - 1), ["b"] = Create(random, 0) };
            if (random.Next(5) == 0)
                schema["propertyNames"] = new JsonObject { ["pattern"] = "^[a-kx1-]+$" };
            if (random.Next(4) == 0)
                schema["maxProperties"] = random.Next(1, 4);
            if (random.Next(4) == 0)
                schema["dependentRequired"] = new JsonObject { ["a"] = new JsonArray("b") };
            return schema;
        }

        private static JsonObject Array(Random random, int depth)
        {
            var schema = new JsonObject { ["type"] = "array", ["maxItems"] = random.Next(4) };
            if (random.Next(2) == 0)
                schema["items"] = Create(random, depth - 1);
            if (random.Next(2) == 0)
                schema["prefixItems"] = new JsonArray(Create(random, depth - 1), Create(random, 0));
            return schema;
        }

        private static JsonObject Combined(Random random, int depth)
        {
            var keyword = random.Next(3) switch { 0 => "allOf", 1 => "anyOf", _ => "oneOf" };
            var schema = random.Next(2) == 0 ? Object(random, depth - 1) : [];
            schema[keyword] = new JsonArray(Create(random, depth - 1), Create(random, depth - 1));
            return schema;
        }

        private static JsonObject Conditional(Random random, int depth)
        {
            var schema = Object(random, depth - 1);
            if (random.Next(2) == 0)
            {
                schema["not"] = Create(random, 0);
            }
            else
            {
                (
                    schema["if"],
                    schema["then"],
                    schema["else"]) = (
                        new JsonObject { ["required"] = new JsonArray("a") },
                        Create(random, depth - 1),
                        new JsonObject { ["required"] = new JsonArray("k") });
            }

            return schema;
        }
    }
}
