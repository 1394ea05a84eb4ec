using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

public class RandomSchemaTests
{
    private static readonly GrammarCompiler Compiler = new(Vocabularies.TinyMoe);
    private static readonly GrammarCompiler Bytewise = new(Vocabularies.Bytes);

    [Fact]
    public void Answers_of_random_schemas_are_complete_valid_and_the_same_to_every_vocabulary() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 30]).Sample((seed, extra) =>
        {
            var schema = JsonSerializer.SerializeToElement(Schema(new Random(seed), 3));
            var grammar = Compiler.Compile(JsonSchemaGrammar.Compile(schema));
            var (text, isComplete) = RandomModel.Write(grammar, Vocabularies.TinyMoe, grammar.ShortestCompletion + extra, seed);
            Assert.True(isComplete, schema.ToString());

            using var parsed = JsonDocument.Parse(text);
            Assert.True(Fits(parsed.RootElement, schema), $"{schema} : {Encoding.UTF8.GetString(text)}");
            var session = Bytewise.Compile(JsonSchemaGrammar.Compile(schema)).CreateSession();
            foreach (var value in text)
                session.Accept(value);
            Assert.Equal(0, session.ShortestCompletion);
        }, iter: 150);

    private static JsonObject Schema(Random random, int depth)
    {
        switch (random.Next(depth == 0 ? 5 : 8))
        {
            case 0:
                var min = random.Next(4);
                return new JsonObject { ["type"] = "string", ["minLength"] = min, ["maxLength"] = min + random.Next(5) };
            case 1:
                var low = random.Next(-300, 300);
                return new JsonObject { ["type"] = "integer", ["minimum"] = low, ["maximum"] = low + random.Next(500) };
            case 2:
                return new JsonObject { ["type"] = "number", ["minimum"] = random.Next(-20, 0) / 8.0, ["maximum"] = random.Next(20) / 8.0 };
            case 3:
                return new JsonObject { ["type"] = new JsonArray("boolean", "null") };
            case 4:
                return new JsonObject { ["enum"] = new JsonArray("a", "ab", random.Next(20), random.Next(200, 2100), "日本") };
            case 5:
                var minItems = random.Next(3);
                return new JsonObject
                {
                    ["type"] = "array",
                    ["items"] = Schema(random, depth - 1),
                    ["minItems"] = minItems,
                    ["maxItems"] = minItems + random.Next(3)
                };
            case 6:
                return new JsonObject { ["anyOf"] = new JsonArray(Schema(random, depth - 1), Schema(random, depth - 1)) };
            default:
                var names = new[] { "a", "ab", "b", "名前", "a\"" }.Take(random.Next(6)).ToArray();
                return new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject(
                        names.Select(name => KeyValuePair.Create<string, JsonNode?>(name, Schema(random, depth - 1)))),
                    ["required"] = new JsonArray([.. names.Where(_ => random.Next(2) == 0).Select(name => JsonValue.Create(name))]),
                };
        }
    }

    private static bool Fits(JsonElement value, JsonElement schema)
    {
        if (schema.TryGetProperty("anyOf", out var alternatives))
            return alternatives.EnumerateArray().Any(alternative => Fits(value, alternative));
        if (schema.TryGetProperty("enum", out var values))
            return values.EnumerateArray().Any(fixedValue => JsonElement.DeepEquals(fixedValue, value));
        var type = schema.GetProperty("type");
        if (type.ValueKind == JsonValueKind.Array)
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null;
        switch (type.GetString())
        {
            case "string":
                return value.ValueKind == JsonValueKind.String
                    && value.GetString()!.EnumerateRunes().Count() is var length
                    && length >= schema.GetProperty("minLength").GetInt32() && length <= schema.GetProperty("maxLength").GetInt32();
            case "array":
                return value.ValueKind == JsonValueKind.Array
                    && value.GetArrayLength() >= schema.GetProperty("minItems").GetInt32()
                        && value.GetArrayLength() <= schema.GetProperty("maxItems").GetInt32()
                        && value.EnumerateArray().All(item => Fits(item, schema.GetProperty("items")));
            case "object":
                return value.ValueKind == JsonValueKind.Object
                    && schema.GetProperty("required").EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _))
                    && value.EnumerateObject().All(property =>
                        schema.GetProperty("properties").TryGetProperty(property.Name, out var inner) && Fits(property.Value, inner));
            default:
                return value.ValueKind == JsonValueKind.Number
                        && (type.GetString() == "number" || value.TryGetInt64(out _))
                    && value.GetDouble() >= schema.GetProperty("minimum").GetDouble()
                        && value.GetDouble() <= schema.GetProperty("maximum").GetDouble();
        }
    }
}
