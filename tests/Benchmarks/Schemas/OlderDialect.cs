using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>What a schema says to those who read it by the older dialect that it names.</summary>
/// <param name="IsFourth">Whether that is draft 4 or before.</param>
/// <param name="Schema">The schema without what that dialect passes over.</param>
internal sealed record OlderDialect(bool IsFourth, JsonElement Schema)
{
    /// <summary>The dialect, or null where none is named or it is a newer one.</summary>
    public static OlderDialect? Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("$schema", out var dialect)
            || dialect.ValueKind != JsonValueKind.String
            || !dialect.GetString()!.Contains("/draft-0", StringComparison.Ordinal))
        {
            return null;
        }

        var isFourth = dialect.GetString()!.Contains("/draft-04", StringComparison.Ordinal)
            || dialect.GetString()!.Contains("/draft-03", StringComparison.Ordinal);
        return new OlderDialect(isFourth, JsonSerializer.SerializeToElement(Read(JsonNode.Parse(schema.GetRawText()), isFourth)));
    }

    /// <summary>A value whose numbers that are written as <c>1.0</c> are no whole numbers.</summary>
    public static JsonElement WithFractions(JsonElement value)
    {
        return JsonSerializer.SerializeToElement(Changed(JsonNode.Parse(value.GetRawText())));

        static JsonNode? Changed(JsonNode? node) => node switch
        {
            JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Changed(member.Value)))),
            JsonArray items => new JsonArray([.. items.Select(Changed)]),
            JsonValue number when number.GetValueKind() == JsonValueKind.Number
                && number.ToJsonString().EndsWith(".0", StringComparison.Ordinal) =>
                JsonNode.Parse(number.ToJsonString() + "5"),
            _ => node?.DeepClone(),
        };
    }

    private static JsonNode? Read(JsonNode? node, bool isFourth)
    {
        if (node is JsonArray items)
            return new JsonArray([.. items.Select(item => Read(item, isFourth))]);
        if (node is not JsonObject schema)
            return node?.DeepClone();
        var isAlone = schema.TryGetPropertyValue("$ref", out var reference) && reference is JsonValue;
        var read = new JsonObject();
        foreach (var (keyword, value) in schema)
        {
            // What is referred to may stand within.
            var isPassedOver = isAlone ? keyword is not ("$ref" or "definitions" or "$defs") : isFourth && keyword is ("if" or "const");
            if (!isPassedOver)
                read[keyword] = Read(value, isFourth);
        }

        return read;
    }
}
