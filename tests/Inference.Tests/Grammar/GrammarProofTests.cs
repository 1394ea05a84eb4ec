using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using NJsonSchema.Validation;
using Qwen35Batch.Inference.Grammar.Tokens;

namespace Qwen35Batch.Inference.Tests.Grammar;

public class GrammarProofTests
{
    private const int AnswersPerSchema = 100;

    private static readonly GrammarCompiler Compiler = new(Vocabularies.TinyMoe);

    public static TheoryData<string> Names => [.. SchemaCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_a_random_model_prefers_its_answer_is_complete_in_time_and_valid(string name)
    {
        var schema = SchemaCases.All[name];
        var validator = await Validator(schema);
        var grammar = Compiler.Compile(SchemaCases.Parse(schema));
        for (var seed = 0; seed < AnswersPerSchema; seed++)
        {
            // From the tightest budget to ample ones.
            var budget = grammar.ShortestCompletion + (seed < 20 ? seed / 4 : (seed - 19) * 3);
            var (bytes, isComplete) = RandomModel.Write(grammar, Vocabularies.TinyMoe, budget, seed);

            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            Assert.True(isComplete, $"seed {seed}, budget {budget}: {text}");
            using var parsed = JsonDocument.Parse(bytes);
            Assert.Empty(Validate(validator, text).Select(error => $"seed {seed}: {error.Kind} at {error.Path} of {text}"));
        }
    }

    [Theory]
    [InlineData("flat", """{"title":"a","pages":0,"isDraft":true}""")]
    [InlineData("lengths", """{"exact":"1234","short":"","empty":"","long":"1234567890123456789012345678901234567890","between":"abc"}""")]
    [InlineData("enum", """{"kind":"inv","level":1,"const":"fixed"}""")]
    [InlineData("enum", """{"kind":"in","level":1,"const":"other"}""")]
    [InlineData("tree", """{"name":"a","children":[{"name":"b"}]}""")]
    [InlineData("list", """{"head":{"value":1,"next":{"value":2}}}""")]
    [InlineData("number bounds", """{"score":0,"open":1,"temperature":0,"tiny":0.001,"negative":-1,"any":0}""")]
    [InlineData("any of", """{"amount":1,"shape":{"kind":"circle","width":1}}""")]
    [InlineData(
        "pattern", """{"number":"INV-123","contains":"aa","starts":"Ab","ends":"a.png","quoted":"\"\\\"","label":"é：a","code":null}""")]
    [InlineData(
        "pattern", """{"number":"CR-1234","contains":"aba","starts":"Ab","ends":"a.png","quoted":"\"\\\"","label":"é：a","code":null}""")]
    [InlineData(
        "format",
        """{"due":"2023-02-29","sent":"2026-02-28T14:30:00Z","from":"a@b.cd","to":null,"id":"123e4567-e89b-12d3-a456-426614174000"}""")]
    [InlineData("one of", """{"value":1.5,"shape":{"kind":"circle","radius":1}}""")]
    [InlineData("one of", """{"value":null,"shape":{"kind":"circle","side":1}}""")]
    [InlineData("multiples", """{"minutes":20,"any":0,"negative":-100,"one":null}""")]
    [InlineData("types", """{"x":"12345","y":1,"z":null}""")]
    [InlineData("optional", """{"c":true,"f":1}""")]
    public async Task The_validator_of_the_proof_refuses_wrong_answers(string name, string wrong)
    {
        var validator = await Validator(SchemaCases.All[name]);

        Assert.NotEmpty(Validate(validator, wrong));
    }

    private static Task<JsonSchema> Validator(string schema) =>
        JsonSchema.FromJsonAsync(InOlderWords(JsonNode.Parse(schema)!).ToJsonString(), TestContext.Current.CancellationToken);

    // NJsonSchema knows neither $defs nor const: for it they are definitions and an enum of one.
    private static JsonObject InOlderWords(JsonNode schema)
    {
        var older = new JsonObject();
        foreach (var (keyword, value) in schema.AsObject())
        {
            older[keyword switch { "$defs" => "definitions", "const" => "enum", _ => keyword }] = (keyword, value) switch
            {
                ("properties" or "definitions" or "$defs", JsonObject schemas) =>
                    new JsonObject(schemas.Select(named => KeyValuePair.Create<string, JsonNode?>(named.Key, InOlderWords(named.Value!)))),
                ("anyOf" or "oneOf", JsonArray schemas) => new JsonArray([.. schemas.Select(alternative => InOlderWords(alternative!))]),
                ("items", { } items) => InOlderWords(items),
                ("const", _) => new JsonArray(value?.DeepClone()),
                ("$ref", { } reference) => reference.GetValue<string>().Replace("#/$defs/", "#/definitions/", StringComparison.Ordinal),
                _ => value?.DeepClone(),
            };
        }

        return older;
    }

    // NJsonSchema counts UTF-16 units where JSON Schema counts code points: for it, characters of two units become one of one.
    private static IEnumerable<ValidationError> Validate(JsonSchema validator, string text) =>
        validator.Validate(OneUnitEach(text), new JsonSchemaValidatorSettings());

    private static string OneUnitEach(string text)
    {
        using var parsed = JsonDocument.Parse(text);
        using var rewritten = new MemoryStream();
        using (var writer = new Utf8JsonWriter(rewritten))
            Rewrite(parsed.RootElement, writer);
        return Encoding.UTF8.GetString(rewritten.ToArray());
    }

    private static void Rewrite(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Rewrite(property.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Rewrite(item, writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(
                    string.Concat(value.GetString()!.EnumerateRunes().Select(rune => rune.IsBmp ? rune.ToString() : "x")));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
