using System.Text.Json;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Proves that no value fits two schemas. Where it says no, one may fit both, or none: then it cannot tell.</summary>
/// <param name="root">What references point into.</param>
internal sealed class DisjointSchemas(JsonElement root)
{
    private const int MaxDepth = 16;

    // Longer texts are taken for endless: that proves less, and costs no states.
    private const int MaxLength = 1000;

    private static readonly string[] AllTypes = ["object", "array", "string", "number", "boolean", "null"];

    /// <param name="left">A schema that has been read.</param>
    /// <param name="right">Another one.</param>
    /// <param name="at">Where, for errors.</param>
    public bool AreDisjoint(JsonElement left, JsonElement right, string at) => AreDisjoint(left, right, at, 0);

    private bool AreDisjoint(JsonElement left, JsonElement right, string at, int depth)
    {
        if (depth > MaxDepth)
            return false;
        (left, right) = (Resolve(left, at), Resolve(right, at));
        if (Alternatives(left) is { } ofLeft)
            return Array.TrueForAll(ofLeft, alternative => AreDisjoint(alternative, right, at, depth + 1));
        if (Alternatives(right) is { } ofRight)
            return Array.TrueForAll(ofRight, alternative => AreDisjoint(left, alternative, at, depth + 1));
        if (FixedValues(left) is { } values)
            return FixedValues(right) is { } others
                ? !values.Any(value => others.Any(other => JsonElement.DeepEquals(value, other)))
                : !values.Any(value => MayFit(value, right, at));
        if (FixedValues(right) is { } fixedRight)
            return !fixedRight.Any(value => MayFit(value, left, at));
        return TypesOf(left, at).Intersect(TypesOf(right, at)).All(type => type switch
        {
            "object" => HaveDisjointProperties(left, right, at, depth),
            "array" => HaveDisjointItems(left, right, at, depth),
            "string" => !TextsOf(left, at).Overlaps(TextsOf(right, at), at),
            "number" => HaveDisjointBounds(left, right, at) || HaveDisjointBounds(right, left, at),
            _ => false,
        });
    }

    private JsonElement Resolve(JsonElement schema, string at)
    {
        for (var i = 0; i < MaxDepth && schema.TryGetProperty("$ref", out var reference); i++)
            schema = SchemaKeywords.Resolve(root, reference.GetString()!, at);
        return schema;
    }

    private static JsonElement[]? Alternatives(JsonElement schema) =>
        schema.TryGetProperty("anyOf", out var alternatives) || schema.TryGetProperty("oneOf", out alternatives) ? [.. alternatives.EnumerateArray()] : null;

    private static IReadOnlyList<JsonElement>? FixedValues(JsonElement schema) =>
        schema.TryGetProperty("const", out var only) ? [only] : schema.TryGetProperty("enum", out var values) ? [.. values.EnumerateArray()] : null;

    private static IEnumerable<string> TypesOf(JsonElement schema, string at)
    {
        var types = SchemaKeywords.ReadTypes(schema, at);
        return types.Count == 0 ? AllTypes : types.Select(type => type == "integer" ? "number" : type).Distinct();
    }

    private static bool MayFit(JsonElement value, JsonElement schema, string at) => value.ValueKind switch
    {
        JsonValueKind.String => TypesOf(schema, at).Contains("string") && TextsOf(schema, at).Fits(value.GetString()!),
        JsonValueKind.Number => TypesOf(schema, at).Contains("number") && !IsOutside(ExactDecimal.Parse(value.GetRawText()), schema, at),
        JsonValueKind.Null => TypesOf(schema, at).Contains("null"),
        _ => TypesOf(schema, at).Contains("boolean"),
    };

    private static PatternAutomaton TextsOf(JsonElement schema, string at)
    {
        var min = Math.Min(SchemaKeywords.ReadCount(schema, "minLength", at) ?? 0, MaxLength);
        var max = SchemaKeywords.ReadCount(schema, "maxLength", at);
        return (SchemaScalars.ReadText(schema, at) ?? PatternAutomaton.Anything).WithLength(min, max > MaxLength ? null : max, at)!;
    }

    private static bool IsOutside(ExactDecimal number, JsonElement schema, string at) =>
        SchemaKeywords.ReadNumber(schema, "minimum", at)?.CompareTo(number) > 0
        || SchemaKeywords.ReadNumber(schema, "exclusiveMinimum", at)?.CompareTo(number) >= 0
        || SchemaKeywords.ReadNumber(schema, "maximum", at)?.CompareTo(number) < 0
        || SchemaKeywords.ReadNumber(schema, "exclusiveMaximum", at)?.CompareTo(number) <= 0;

    /// <summary>Whether the first one's numbers end where the second one's have not begun.</summary>
    private static bool HaveDisjointBounds(JsonElement low, JsonElement high, string at) =>
        (SchemaKeywords.ReadNumber(low, "maximum", at) is { } most && IsBelow(most, high, at))
        || (SchemaKeywords.ReadNumber(low, "exclusiveMaximum", at) is { } before && (IsBelow(before, high, at) || SchemaKeywords.ReadNumber(high, "minimum", at)?.CompareTo(before) == 0));

    private static bool IsBelow(ExactDecimal number, JsonElement schema, string at) =>
        SchemaKeywords.ReadNumber(schema, "minimum", at)?.CompareTo(number) > 0 || SchemaKeywords.ReadNumber(schema, "exclusiveMinimum", at)?.CompareTo(number) >= 0;

    private bool HaveDisjointProperties(JsonElement left, JsonElement right, string at, int depth)
    {
        var (ofLeft, ofRight) = (Required(left), Required(right));
        return ofLeft.Any(name => !ofRight.Contains(name) && !Allows(right, name))
            || ofRight.Any(name => !ofLeft.Contains(name) && !Allows(left, name))
            || ofLeft.Any(name => TryGetProperty(left, name, out var first) && TryGetProperty(right, name, out var second) && AreDisjoint(first, second, at, depth + 1));
    }

    private bool HaveDisjointItems(JsonElement left, JsonElement right, string at, int depth)
    {
        var (min, otherMin) = (SchemaKeywords.ReadCount(left, "minItems", at) ?? 0, SchemaKeywords.ReadCount(right, "minItems", at) ?? 0);
        return SchemaKeywords.ReadCount(left, "maxItems", at) < otherMin
            || SchemaKeywords.ReadCount(right, "maxItems", at) < min
            || (Math.Max(min, otherMin) > 0 && AreDisjoint(left.GetProperty("items"), right.GetProperty("items"), at, depth + 1));
    }

    private static string[] Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var required) ? [.. required.EnumerateArray().Select(name => name.GetString()!)] : [];

    private static bool Allows(JsonElement schema, string name) =>
        TryGetProperty(schema, name, out _) || !schema.TryGetProperty("additionalProperties", out var additional) || additional.ValueKind != JsonValueKind.False;

    private static bool TryGetProperty(JsonElement schema, string name, out JsonElement property)
    {
        property = default;
        return schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out property);
    }
}
