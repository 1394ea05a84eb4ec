using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>
/// A schema as it is sent to an endpoint, which knows nothing of our lists: a short list becomes an <c>enum</c>; where a list is longer
/// than such servers take, any text is asked for, and linked afterwards.
/// </summary>
internal static class SentSchema
{
    private const string Keyword = "x-vocabulary";

    // OpenAI takes no more than 15,000 characters in an enum of more values; Gemini refuses some hundreds.
    private const int MostValues = 250;

    public static JsonElement Of(JsonElement schema, IVocabularies vocabularies)
    {
        if (!schema.GetRawText().Contains(Keyword, StringComparison.Ordinal)) return schema;
        var node = JsonNode.Parse(schema.GetRawText());
        Write(node, vocabularies);
        return JsonSerializer.SerializeToElement(node);
    }

    private static void Write(JsonNode? node, IVocabularies vocabularies)
    {
        if (node is JsonArray items)
            foreach (var item in items) Write(item, vocabularies);
        if (node is not JsonObject members) return;
        if (members[Keyword] is JsonValue value && value.TryGetValue<string>(out var name))
        {
            members.Remove(Keyword);
            if (vocabularies.Find(name) is { IsOpen: false, Count: <= MostValues } list && !members.ContainsKey("enum"))
            {
                members["enum"] = new JsonArray(
                    [.. list.Labels.Select(label => (JsonNode?)label), .. TakesNull(members) ? [null] : Array.Empty<JsonNode?>()]);
            }
        }

        foreach (var member in members.ToList()) Write(member.Value, vocabularies);
    }

    private static bool TakesNull(JsonObject schema) => schema["type"] is JsonArray types
        && types.Any(type => type is JsonValue value && value.TryGetValue<string>(out var name) && name == "null");
}
