using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>An insight is a JSON object: a task's schema of anything else becomes that of an object which holds it.</summary>
internal static class AnswerSchema
{
    /// <summary>The property that holds an answer which is no object.</summary>
    public const string Value = "value";

    /// <summary>A schema whose values are objects: the same one, or one around it.</summary>
    public static JsonElement AsObject(JsonElement schema, IVocabularies vocabularies)
    {
        if (JsonSchema.Read(schema, vocabularies).HasOnlyObjects) return schema;
        var inner = JsonNode.Parse(schema.GetRawText());
        Move(inner);
        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [Value] = inner },
            ["required"] = new JsonArray(Value),
            ["additionalProperties"] = false,
        });
    }

    // References within the document lead to the same place, which now is further down.
    private static void Move(JsonNode? node)
    {
        if (node is JsonArray items)
            foreach (var item in items) Move(item);
        if (node is not JsonObject members) return;
        if (members["$ref"] is JsonValue reference
            && reference.TryGetValue<string>(out var text)
            && (text == "#" || text.StartsWith("#/", StringComparison.Ordinal)))
        {
            members["$ref"] = $"#/properties/{Value}{text[1..]}";
        }

        foreach (var member in members) Move(member.Value);
    }
}
