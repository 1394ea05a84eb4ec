using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// Makes a task's schema stricter for one request, by what is known of its media: times within the span that is sent, pages among those
/// that are sent, and no transcript from the model. An engine that keeps to the schema then cannot invent them.
/// </summary>
internal static class SchemaNarrowing
{
    /// <param name="question">What is asked.</param>
    /// <param name="seconds">The span that is sent; null for what has no time.</param>
    /// <param name="pages">The pages that are sent; null for none.</param>
    /// <param name="withBoxes">Whether the model is asked for the boxes that the task wants.</param>
    public static JsonElement Narrow(TaskQuestion question, TimeSpanSeconds? seconds, PageRange? pages, bool withBoxes = true)
    {
        var root = JsonNode.Parse((withBoxes ? question.WithBoxes : question.Schema).GetRawText())!.AsObject();
        foreach (var rule in question.Citations)
        {
            foreach (var target in Find(root, rule.Field))
            {
                if (target["properties"] is not JsonObject properties) continue;
                foreach (var name in seconds is null ? [] : rule.Times())
                {
                    foreach (var time in Numbers(root, Own(root, properties, name)))
                        Bound(time, seconds!.Start, seconds.End);
                }

                if (rule.Page is { } page) NarrowPage(root, properties, page, pages);
            }
        }

        if (question.Transcript is { } transcript)
            foreach (var array in Find(root, transcript)) array["maxItems"] = 0;
        return JsonSerializer.SerializeToElement(root);
    }

    /// <summary>Why a rule does not fit a schema, or null.</summary>
    public static string? Problem(JsonElement schema, CitationRule rule)
    {
        var root = JsonNode.Parse(schema.GetRawText())!.AsObject();
        var targets = Find(root, rule.Field).Where(IsObject).ToList();
        if (targets.Count == 0) return $"'{rule.Field}' is no object of the schema; '*' stands for every item of an array.";
        foreach (var name in rule.Times().Append(rule.Page).OfType<string>())
        {
            if (!targets.Any(target => Numbers(root, target["properties"]?[name]).Any()))
                return $"'{name}' is no number of the object at '{rule.Field}'.";
        }

        return null;
    }

    /// <summary>Whether values of a schema stand at a pointer.</summary>
    public static bool IsPlace(JsonElement schema, string pointer) =>
        Find(JsonNode.Parse(schema.GetRawText())!.AsObject(), pointer).Count > 0;

    /// <summary>Whether objects with properties stand at a pointer.</summary>
    public static bool IsObjectAt(JsonElement schema, string pointer) =>
        Find(JsonNode.Parse(schema.GetRawText())!.AsObject(), pointer).Any(place => place["properties"] is JsonObject);

    /// <summary>Why a transcript's spans cannot be put at a pointer, or null.</summary>
    public static string? TranscriptProblem(JsonElement schema, string pointer)
    {
        var root = JsonNode.Parse(schema.GetRawText())!.AsObject();
        var array = Find(root, pointer).FirstOrDefault(node => Has(node, "array"));
        if (array is null || array.ContainsKey("minItems")) return $"'{pointer}' is no array of the schema without 'minItems'.";
        var item = Find(root, pointer + "/*").FirstOrDefault(IsObject);
        return item?["properties"] is JsonObject properties
            && properties.Select(property => property.Key).Order(StringComparer.Ordinal).SequenceEqual(["end", "start", "text"])
                ? null
                : $"the items of '{pointer}' need exactly the properties 'start', 'end' and 'text'.";
    }

    private static bool IsObject(JsonObject node) => Has(node, "object");

    private static bool Has(JsonObject node, string type) => node["type"] switch
    {
        JsonArray types => types.Any(candidate => (string?)candidate == type),
        var only => (string?)only == type,
    };

    private static void NarrowPage(JsonObject root, JsonObject properties, string name, PageRange? pages)
    {
        if (pages is null && Alternatives(root, properties[name]).Any(node => Has(node, "null")))
        {
            properties[name] = new JsonObject { ["type"] = "null" };
            return;
        }

        if (pages is null) return;
        foreach (var number in Numbers(root, Own(root, properties, name))) Bound(number, pages.First, pages.Last);
    }

    /// <summary>A property's schema as its own copy: a definition may be shared with properties that are not bounded.</summary>
    private static JsonNode? Own(JsonObject root, JsonObject properties, string name)
    {
        while (properties[name] is JsonObject reference && (string?)reference["$ref"] is { } definition)
            properties[name] = Target(root, definition)?.DeepClone();
        return properties[name];
    }

    private static void Bound(JsonObject number, double minimum, double maximum)
    {
        var whole = !Has(number, "number");
        number["minimum"] = Value(whole ? Math.Ceiling(minimum) : Math.Round(minimum, 3));
        number["maximum"] = Value(whole ? Math.Max(Math.Ceiling(minimum), Math.Floor(maximum)) : Math.Round(maximum, 3));

        static JsonValue Value(double value) => double.IsInteger(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
    }

    private static IEnumerable<JsonObject> Numbers(JsonObject root, JsonNode? node) =>
        Alternatives(root, node)
            .Where(candidate => !candidate.ContainsKey("enum") && (Has(candidate, "number") || Has(candidate, "integer")));

    /// <summary>The schemas that stand at a pointer within an answer.</summary>
    public static List<JsonObject> Find(JsonObject root, string pointer)
    {
        var found = Alternatives(root, root).ToList();
        foreach (var name in JsonPointer.Names(pointer))
            found = [.. found.SelectMany(node => Alternatives(root, name == "*" ? node["items"] : node["properties"]?[name]))];
        return found;
    }

    /// <summary>The schemas that may hold at a place: what it refers to, and the parts of it.</summary>
    public static IEnumerable<JsonObject> Alternatives(JsonObject root, JsonNode? node)
    {
        while (node is JsonObject reference && (string?)reference["$ref"] is { } name)
            node = Target(root, name);
        if (node is not JsonObject schema) return [];
        var parts = (schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"]) as JsonArray ?? [];
        return parts.Count == 0 || schema.ContainsKey("properties")
            ? [schema, .. parts.SelectMany(part => Alternatives(root, part))]
            : parts.SelectMany(part => Alternatives(root, part));
    }

    /// <summary>What a reference within the document leads to.</summary>
    private static JsonNode? Target(JsonObject root, string reference) =>
        JsonPointer.Names(Uri.UnescapeDataString(reference)).Aggregate((JsonNode?)root, (node, name) => node switch
        {
            JsonArray items => int.TryParse(name, out var i) && i < items.Count ? items[i] : null,
            JsonObject members => members[name],
            _ => null,
        });
}
