using System.Text.Json;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>
/// The part of JSON Schema (2020-12) that a task may use: what the engine's grammar can hold an answer to. Everything else is refused when
/// a task is loaded, so that no keyword is ever ignored in silence.
/// </summary>
internal static class AnswerSchema
{
    private static readonly string[] Annotations = ["title", "description", "examples", "default", "$comment"];
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private static readonly Dictionary<string, string[]> Keywords = new(StringComparer.Ordinal)
    {
        ["object"] = ["type", "properties", "required", "additionalProperties"],
        ["array"] = ["type", "items", "minItems", "maxItems"],
        ["string"] = ["type", "minLength", "maxLength", "pattern", "format"],
        ["number"] = ["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
        ["integer"] = ["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        ["boolean"] = ["type"],
        ["null"] = ["type"],
    };

    /// <summary>The first problem of a schema with its JSON pointer, or null.</summary>
    public static string? Problem(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object) return At("", "a schema is an object.");
        if (!schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("object"))
            return At("/type", "an insight is a JSON object: 'object' is needed.");
        if (!schema.TryGetProperty("$defs", out var definitions)) return Node(schema, schema, "");
        if (definitions.ValueKind != JsonValueKind.Object) return At("/$defs", "an object of schemas is needed.");
        var named = definitions.EnumerateObject().Select(definition => (Schema: definition.Value, Pointer: JsonPointer.Append("/$defs", definition.Name))).ToList();
        return named.Select(definition => Node(schema, definition.Schema, definition.Pointer)).FirstOrDefault(problem => problem is not null)
            ?? Node(schema, schema, "")
            ?? named.Where(definition => Loops(schema, definition.Schema, [])).Select(definition => At(definition.Pointer, "it leads back to itself.")).FirstOrDefault();
    }

    /// <summary>The schema that a node stands for: itself, or what its <c>$ref</c> names.</summary>
    public static JsonElement Resolve(JsonElement root, JsonElement node)
    {
        while (node.TryGetProperty("$ref", out var reference)) node = Definition(root, reference.GetString()!)!.Value;
        return node;
    }

    /// <summary>The types that a node allows: one, or a list of them.</summary>
    public static IReadOnlyList<string> TypesOf(JsonElement node) => node.TryGetProperty("type", out var type)
        ? type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. type.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")],
            _ => [],
        }
        : [];

    private static JsonElement? Definition(JsonElement root, string reference)
    {
        const string prefix = "#/$defs/";
        return reference.StartsWith(prefix, StringComparison.Ordinal)
            && JsonPointer.Names(reference[1..]).ToList() is [_, var name]
            && root.TryGetProperty("$defs", out var definitions)
            && definitions.TryGetProperty(name, out var found)
            && found.ValueKind == JsonValueKind.Object
                ? found
                : null;
    }

    private static string? Node(JsonElement root, JsonElement node, string pointer)
    {
        if (node.ValueKind != JsonValueKind.Object) return At(pointer, "a schema is an object.");
        if (node.TryGetProperty("$ref", out var reference)) return Unknown(node, pointer, ["$ref"]) ?? Reference(root, reference, pointer);
        if (node.TryGetProperty("anyOf", out var choices)) return Unknown(node, pointer, ["anyOf"]) ?? Choices(root, choices, pointer + "/anyOf");
        if (node.TryGetProperty("oneOf", out choices)) return Unknown(node, pointer, ["oneOf"]) ?? Choices(root, choices, pointer + "/oneOf");
        if (node.TryGetProperty("enum", out var values)) return Unknown(node, pointer, ["enum", "type"]) ?? Fixed(values, pointer + "/enum");
        if (node.TryGetProperty("const", out var value)) return Unknown(node, pointer, ["const", "type"]) ?? Scalar(value, pointer + "/const");
        if (!node.TryGetProperty("type", out _)) return At(pointer, "one of 'type', 'enum', 'const', 'anyOf', 'oneOf' and '$ref' is needed.");
        var types = TypesOf(node);
        if (types.Count == 0 || types.Except(Types).Any()) return At(pointer + "/type", $"one of {Names(Types)}, or a list of them, is needed.");
        string[] allowed = [.. types.SelectMany(type => Keywords[type]).Distinct(), .. pointer.Length == 0 ? ["$defs", "$schema"] : Array.Empty<string>()];
        return Unknown(node, pointer, allowed) ?? types.Select(type => Typed(root, node, type, pointer)).FirstOrDefault(problem => problem is not null);
    }

    private static string? Typed(JsonElement root, JsonElement node, string type, string pointer) => type switch
    {
        "object" => Object(root, node, pointer),
        "array" => Counts(node, pointer, "minItems", "maxItems")
            ?? (node.TryGetProperty("items", out var items) ? Node(root, items, pointer + "/items") : At(pointer, "'items' is needed.")),
        "string" => Counts(node, pointer, "minLength", "maxLength") ?? Text(node, pointer),
        "number" or "integer" => Bounds(node, pointer) ?? Divisor(node, pointer),
        _ => null,
    };

    private static string? Object(JsonElement root, JsonElement node, string pointer)
    {
        if (!node.TryGetProperty("additionalProperties", out var additional) || additional.ValueKind != JsonValueKind.False)
            return At(pointer + "/additionalProperties", "false is needed.");
        if (!node.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
            return At(pointer + "/properties", "an object of schemas is needed.");
        if (node.TryGetProperty("required", out var required))
        {
            if (required.ValueKind != JsonValueKind.Array) return At(pointer + "/required", "an array of names is needed.");
            foreach (var name in required.EnumerateArray())
                if (name.ValueKind != JsonValueKind.String || !properties.TryGetProperty(name.GetString()!, out _))
                    return At(pointer + "/required", $"{name.GetRawText()} is not among the properties.");
        }

        return properties.EnumerateObject()
            .Select(property => Node(root, property.Value, JsonPointer.Append(pointer + "/properties", property.Name)))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? Reference(JsonElement root, JsonElement reference, string pointer) =>
        reference.ValueKind != JsonValueKind.String || Definition(root, reference.GetString()!) is null
            ? At(pointer + "/$ref", $"{reference.GetRawText()} names no schema; '#/$defs/…' is needed.")
            : null;

    /// <summary>True when a definition leads back to itself without an object or array between: no value could ever be checked by it.</summary>
    private static bool Loops(JsonElement root, JsonElement node, HashSet<string> path)
    {
        if (node.TryGetProperty("anyOf", out var choices) || node.TryGetProperty("oneOf", out choices))
            return choices.EnumerateArray().Any(choice => Loops(root, choice, path));
        if (!node.TryGetProperty("$ref", out var reference)) return false;
        var name = reference.GetString()!;
        if (!path.Add(name)) return true;
        var loops = Loops(root, Definition(root, name)!.Value, path);
        path.Remove(name);
        return loops;
    }

    private static string? Choices(JsonElement root, JsonElement choices, string pointer)
    {
        if (choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0) return At(pointer, "an array of schemas is needed.");
        return choices.EnumerateArray()
            .Select((choice, index) => Node(root, choice, $"{pointer}/{index}"))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? Fixed(JsonElement values, string pointer) =>
        values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0
            ? At(pointer, "an array of values is needed.")
            : values.EnumerateArray().Select((value, index) => Scalar(value, $"{pointer}/{index}")).FirstOrDefault(problem => problem is not null);

    private static string? Scalar(JsonElement value, string pointer) =>
        value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? At(pointer, "a text, a number, true, false or null is needed.") : null;

    private static string? Counts(JsonElement node, string pointer, string least, string most)
    {
        foreach (var name in (string[])[least, most])
            if (node.TryGetProperty(name, out var value) && !(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0))
                return At($"{pointer}/{name}", "a whole number from 0 is needed.");
        return node.TryGetProperty(least, out var low) && node.TryGetProperty(most, out var high) && low.GetInt32() > high.GetInt32()
            ? At($"{pointer}/{least}", $"it is larger than '{most}'.")
            : null;
    }

    private static string? Text(JsonElement node, string pointer)
    {
        if (node.TryGetProperty("pattern", out var pattern) && (pattern.ValueKind != JsonValueKind.String || TextPattern.Problem(pattern.GetString()!) is not null))
            return At(pointer + "/pattern", pattern.ValueKind == JsonValueKind.String ? TextPattern.Problem(pattern.GetString()!)! : "a regular expression is needed.");
        return node.TryGetProperty("format", out var format) && !(format.ValueKind == JsonValueKind.String && TextFormat.Names.Contains(format.GetString()))
            ? At(pointer + "/format", $"one of {Names(TextFormat.Names)} is needed.")
            : null;
    }

    private static string? Divisor(JsonElement node, string pointer) =>
        node.TryGetProperty("multipleOf", out var value) && !(value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var divisor) && divisor > 0)
            ? At(pointer + "/multipleOf", "a whole number from 1 is needed.")
            : null;

    private static string? Bounds(JsonElement node, string pointer)
    {
        foreach (var name in (string[])["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
            if (node.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Number)
                return At($"{pointer}/{name}", "a number is needed.");
        return node.TryGetProperty("minimum", out var low) && node.TryGetProperty("maximum", out var high) && low.GetDouble() > high.GetDouble()
            ? At(pointer + "/minimum", "it is larger than 'maximum'.")
            : null;
    }

    private static string? Unknown(JsonElement node, string pointer, string[] allowed)
    {
        foreach (var keyword in node.EnumerateObject())
            if (!allowed.Contains(keyword.Name) && !Annotations.Contains(keyword.Name))
                return At(JsonPointer.Append(pointer, keyword.Name), $"the keyword is not supported here; allowed are {Names([.. allowed, .. Annotations])}.");
        return null;
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    private static string At(string pointer, string problem) => $"at '{(pointer.Length == 0 ? "/" : pointer)}', {problem}";
}
