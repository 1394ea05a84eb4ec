using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Qwen35Batch.Inference.Tests.Grammar.Fuzz;

/// <summary>An independent validator: JsonSchema.Net, formats asserted.</summary>
internal sealed class SchemaJudge
{
    private static readonly HashSet<string> Known =
    [
        "$ref", "$id", "$anchor", "$defs", "definitions", "$dynamicRef", "$dynamicAnchor", "type", "enum", "const", "minLength",
        "maxLength", "pattern", "format",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "prefixItems", "items", "additionalItems", "minItems",
        "maxItems",
        "uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems", "properties", "patternProperties",
        "additionalProperties", "propertyNames",
        "minProperties", "maxProperties", "required", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else",
    ];

    private static readonly HashSet<string> Maps =
    [
        "$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies"
    ];

    private readonly JsonSchema? _schema;

    /// <param name="schema">The schema.</param>
    /// <param name="isNew">Whether it is of the newest dialect for certain; older ones pass over what stands beside a reference.</param>
    public SchemaJudge(JsonElement schema, bool isNew = false)
    {
        // The dialect that the document names is not always one that is known; the newest comes first.
        var node = JsonNode.Parse(schema.GetRawText());
        RemoveUnknown(node);
        foreach (var dialect in isNew ? [Dialect.Draft202012] : (Dialect[])[Dialect.Draft202012, Dialect.Draft07])
        {
            try
            {
                _schema = JsonSchema.FromText(
                    node?.ToJsonString() ?? "null", new BuildOptions { Dialect = dialect, SchemaRegistry = new SchemaRegistry() });
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _schema = null;
            }
        }
    }

    /// <summary>Whether an answer is valid; null when the validator itself cannot tell.</summary>
    public bool? IsValid(JsonElement answer)
    {
        // It takes a letter and its accents for one character, and in patterns those beyond the first 65,536 for two, where JSON Schema
        // counts code points.
        if (HasClusters(answer))
            return null;
        try
        {
            return _schema?.Evaluate(answer, new EvaluationOptions { RequireFormatValidation = true }).IsValid;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return null;
        }
    }

    private static bool HasClusters(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => IsClustered(value.GetString()!),
        JsonValueKind.Array => value.EnumerateArray().Any(HasClusters),
        JsonValueKind.Object => value.EnumerateObject().Any(member => IsClustered(member.Name) || HasClusters(member.Value)),
        _ => false,
    };

    private static bool IsClustered(string text) =>
        text.Any(char.IsSurrogate) || new StringInfo(text).LengthInTextElements != text.EnumerateRunes().Count();

    // The validator refuses what JSON Schema says to ignore.
    private static void RemoveUnknown(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                RemoveUnknown(item);
        }

        if (node is not JsonObject schema)
            return;
        foreach (var (keyword, value) in schema.ToList())
        {
            if (!Known.Contains(keyword))
            {
                schema.Remove(keyword);
            }
            else if (Maps.Contains(keyword))
            {
                foreach (var (_, inner) in value as JsonObject ?? [])
                    RemoveUnknown(inner);
            }
            else if (keyword is not ("enum" or "const" or "dependentRequired"))
            {
                RemoveUnknown(value);
            }
        }
    }
}
