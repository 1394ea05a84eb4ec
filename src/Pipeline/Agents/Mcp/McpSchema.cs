using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Agents.Mcp;

/// <summary>
/// A server's schema of a tool's arguments, without its prose: the planner reads schemas, and a sentence in one could be an order.
/// </summary>
internal static partial class McpSchema
{
    private const int Deepest = 16;
    private const int MaxBytes = 64 * 1024;

    private static readonly HashSet<string> Prose =
        new(["description", "title", "examples", "example", "default", "$comment", "$schema", "$id", "deprecated"], StringComparer.Ordinal);

    private static readonly HashSet<string> Names = new(["properties", "$defs", "definitions"], StringComparer.Ordinal);

    /// <exception cref="ToolFailedException">It is no schema of an object that this program understands.</exception>
    public static JsonElement Clean(string tool, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || schema.GetRawText().Length > MaxBytes)
            throw new ToolFailedException($"The MCP tool '{tool}' has no schema of at most {MaxBytes:N0} characters for its arguments.");
        var clean = Object(tool, schema, areNames: false, 0);
        clean.TryAdd("type", "object");
        var element = JsonSerializer.SerializeToElement(clean);
        var faults = JsonSchema.Read(element, NoVocabularies.Instance).Faults;
        return faults.Count == 0
            ? element
            : throw new ToolFailedException($"The schema of the MCP tool '{tool}' cannot be used: {PlainText.Line($"{faults[0]}", 300)}");
    }

    private static JsonObject Object(string tool, JsonElement element, bool areNames, int depth)
    {
        if (depth > Deepest) throw new ToolFailedException($"The schema of the MCP tool '{tool}' is nested too deeply.");
        var clean = new JsonObject();
        foreach (var property in element.EnumerateObject())
        {
            if (!areNames && Prose.Contains(property.Name)) continue;
            if (areNames && !Plain().IsMatch(property.Name))
                throw new ToolFailedException($"The schema of the MCP tool '{tool}' has a name that is no plain word.");
            clean[property.Name] = Value(tool, property.Value, !areNames && Names.Contains(property.Name), depth + 1);
        }

        return clean;
    }

    private static JsonNode? Value(string tool, JsonElement element, bool areNames, int depth) => element.ValueKind switch
    {
        JsonValueKind.Object => Object(tool, element, areNames, depth),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(item => Value(tool, item, false, depth + 1))]),
        JsonValueKind.String when element.GetString()!.Length > 80 =>
            throw new ToolFailedException($"The schema of the MCP tool '{tool}' has a text of more than 80 characters."),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => JsonNode.Parse(element.GetRawText()),
    };

    [GeneratedRegex("^[A-Za-z0-9_.$-]{1,64}$")]
    private static partial Regex Plain();
}
