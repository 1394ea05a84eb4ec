using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// The boxes that a task asks the model for: a property that objects have in the answer only. It is taken out of the insight again and
/// becomes a citation, marked as the model's own claim.
/// </summary>
internal static class ModelBoxes
{
    /// <summary>The edges run from 0 to this, whatever the picture's size: so the model was trained to say them.</summary>
    public const int Edge = 1000;

    private const string Property = "box";
    private const int Deepest = 12;

    /// <summary>The pointers of all objects that are items of an array, with <c>*</c> for every item.</summary>
    public static IReadOnlyList<string> Items(JsonElement schema)
    {
        var root = JsonNode.Parse(schema.GetRawText())!.AsObject();
        var found = new List<string>();
        Walk(root, "", 0);
        return [.. found.Distinct()];

        void Walk(JsonNode? node, string pointer, int depth)
        {
            if (depth > Deepest)
                return;
            foreach (var place in SchemaNarrowing.Alternatives(root, node))
            {
                if (pointer.EndsWith("/*", StringComparison.Ordinal) && place["properties"] is JsonObject)
                    found.Add(pointer);
                foreach (var (name, property) in place["properties"] as JsonObject ?? [])
                    Walk(property, JsonPointer.Append(pointer, name), depth + 1);
                if (place["items"] is JsonObject items)
                    Walk(items, $"{pointer}/*", depth + 1);
            }
        }
    }

    /// <summary>The name of the property: one that the schema does not have.</summary>
    public static string NameIn(JsonElement schema)
    {
        var text = schema.GetRawText();
        var name = Property;
        while (text.Contains($"\"{name}\"", StringComparison.Ordinal))
            name += "_";
        return name;
    }

    /// <summary>A schema with the property at the end of the objects at some pointers.</summary>
    public static JsonElement Add(JsonElement schema, IReadOnlyList<string> pointers, string name)
    {
        var root = JsonNode.Parse(schema.GetRawText())!.AsObject();
        foreach (var place in pointers.SelectMany(pointer => SchemaNarrowing.Find(root, pointer)).Distinct().ToList())
        {
            if (place["properties"] is not JsonObject properties || properties.ContainsKey(name))
                continue;
            properties[name] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = Edge },
                ["minItems"] = 4,
                ["maxItems"] = 4,
            };
            if (place["required"] is JsonArray required)
                required.Add(name);
            else
                place["required"] = new JsonArray(name);
        }

        return JsonSerializer.SerializeToElement(root);
    }
}
