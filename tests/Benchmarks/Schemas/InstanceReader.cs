using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>Tells why an instance is not taken as it is known to be.</summary>
/// <param name="schema">The schema.</param>
/// <param name="isWritten">Whether the grammar writes a text.</param>
internal sealed class InstanceReader(JsonElement schema, Func<string, bool> isWritten)
{
    private static readonly HashSet<string> Maps =
    [
        "$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies"
    ];

    private readonly JsonSchema _checks = JsonSchema.Read(schema);
    private readonly InstanceForms _forms = new(schema);
    private readonly Lazy<JsonSchema> _open = new(() => Changed(schema, Open));
    private readonly Lazy<JsonSchema> _unformatted = new(() => Changed(schema, node => node.Remove("format")));
    private readonly Lazy<JsonSchema> _openUnformatted = new(() => Changed(schema, Open, node => node.Remove("format")));
    private readonly OlderDialect? _older = OlderDialect.Of(schema);

    public InstanceVerdict Judge(JsonElement data, bool isValid)
    {
        var isTaken = Takes(_checks, data);
        var canBeWritten = _forms.Of(data).Any(isWritten);
        if (!isValid)
        {
            return !isTaken && !canBeWritten ? InstanceVerdict.Right
                : _older is { IsFourth: true } && !Takes(_checks, OlderDialect.WithFractions(data))
                ? InstanceVerdict.OlderDialect
                : InstanceVerdict.FalseAcceptance;
        }

        if (isTaken && canBeWritten)
            return InstanceVerdict.Right;
        if (isTaken)
            return InstanceVerdict.NeverWritten;
        return Takes(_open.Value, data) ? InstanceVerdict.ClosedHere
            : Takes(_unformatted.Value, data) ? InstanceVerdict.FormatAsserted
            : Takes(_openUnformatted.Value, data) ? InstanceVerdict.FormatAsserted
            : _older is not null && Takes(Changed(_older.Schema, Open, node => node.Remove("format")), data) ? InstanceVerdict.OlderDialect
            : InstanceVerdict.RefusedValid;
    }

    private static bool Takes(JsonSchema schema, JsonElement data) => schema.Validate(data).Count == 0;

    private static JsonSchema Changed(JsonElement schema, params Action<JsonObject>[] changes)
    {
        var node = JsonNode.Parse(schema.GetRawText());
        foreach (var change in changes)
            Visit(node, change);
        return JsonSchema.Read(JsonSerializer.SerializeToElement(node));
    }

    private static void Open(JsonObject schema)
    {
        if ((schema.ContainsKey("properties") || schema.ContainsKey("patternProperties"))
            && !schema.ContainsKey("additionalProperties")
            && !schema.ContainsKey("unevaluatedProperties"))
        {
            schema["additionalProperties"] = true;
        }
    }

    private static void Visit(JsonNode? node, Action<JsonObject> change)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Visit(item, change);
        }

        if (node is not JsonObject schema)
            return;
        change(schema);
        foreach (var (keyword, value) in schema.ToList())
        {
            if (keyword is "enum" or "const")
                continue;
            foreach (var inner in Maps.Contains(keyword) ? [.. (value as JsonObject ?? []).Select(part => part.Value)] : new[] { value })
                Visit(inner, change);
        }
    }
}
