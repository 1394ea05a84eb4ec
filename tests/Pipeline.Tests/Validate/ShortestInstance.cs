using System.Text.Json;
using System.Text.Json.Nodes;

namespace Qwen35Batch.Pipeline.Tests.Validate;

/// <summary>Writes the shortest value that a schema allows, or one with an item in every array.</summary>
internal static class ShortestInstance
{
    public static string Of(JsonElement schema, int items = 0) => Node(schema, schema, items)?.ToJsonString() ?? "null";

    private static JsonNode? Node(JsonElement root, JsonElement schema, int items)
    {
        while (schema.TryGetProperty("$ref", out var reference))
            schema = root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..]);
        if (schema.TryGetProperty("anyOf", out var choices))
            return choices.EnumerateArray().Select(choice => Node(root, choice, items)).MinBy(value => value?.ToJsonString().Length ?? 4);
        if (schema.TryGetProperty("enum", out var values)) return JsonNode.Parse(values[0].GetRawText());
        var type = schema.GetProperty("type");
        return (type.ValueKind == JsonValueKind.Array ? type[0] : type).GetString() switch
        {
            "object" =>
                new JsonObject(
                    schema.GetProperty("properties")
                        .EnumerateObject()
                        .Select(property => KeyValuePair.Create(property.Name, Node(root, property.Value, items)))),
            "array" =>
                new JsonArray(
                    [.. Enumerable.Range(
                        0, Math.Min(Math.Max(items, Count(schema, "minItems", 0)), Count(schema, "maxItems", int.MaxValue)))
                        .Select(_ => Node(root, schema.GetProperty("items"), items))]),
            "string" => JsonValue.Create(new string('x', Count(schema, "minLength", 0))),
            "number" or "integer" =>
                schema.TryGetProperty("minimum", out var minimum) ? JsonNode.Parse(minimum.GetRawText()) : JsonValue.Create(0),
            "boolean" => JsonValue.Create(true),
            _ => null,
        };
    }

    private static int Count(JsonElement schema, string name, int otherwise) =>
        schema.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;
}
