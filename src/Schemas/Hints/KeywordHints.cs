using System.Text.Json;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Hints;

/// <summary>
/// Finds what a schema says in vain. JSON Schema has unknown keywords and keywords of another type ignored, and so they are; whoever wrote
/// them may have meant more.
/// </summary>
internal static class KeywordHints
{
    private static readonly Dictionary<string, ValueTypes> Concerned = new(StringComparer.Ordinal)
    {
        ["minLength"] = ValueTypes.String,
        ["maxLength"] = ValueTypes.String,
        ["pattern"] = ValueTypes.String,
        ["x-vocabulary"] = ValueTypes.String,
        ["minimum"] = ValueTypes.Number,
        ["maximum"] = ValueTypes.Number,
        ["exclusiveMinimum"] = ValueTypes.Number,
        ["exclusiveMaximum"] = ValueTypes.Number,
        ["multipleOf"] = ValueTypes.Number,
        ["prefixItems"] = ValueTypes.Array,
        ["items"] = ValueTypes.Array,
        ["minItems"] = ValueTypes.Array,
        ["maxItems"] = ValueTypes.Array,
        ["uniqueItems"] = ValueTypes.Array,
        ["contains"] = ValueTypes.Array,
        ["properties"] = ValueTypes.Object,
        ["patternProperties"] = ValueTypes.Object,
        ["propertyNames"] = ValueTypes.Object,
        ["minProperties"] = ValueTypes.Object,
        ["maxProperties"] = ValueTypes.Object,
        ["required"] = ValueTypes.Object,
        ["dependentRequired"] = ValueTypes.Object,
        ["dependentSchemas"] = ValueTypes.Object,
    };

    // The same question, asked of a value of another type.
    private static readonly Dictionary<ValueTypes, string>[] Twins =
    [
        new()
        {
            [ValueTypes.String] = "minLength", [ValueTypes.Number] = "minimum", [ValueTypes.Array] = "minItems",
            [ValueTypes.Object] = "minProperties",
        },
        new()
        {
            [ValueTypes.String] = "maxLength", [ValueTypes.Number] = "maximum", [ValueTypes.Array] = "maxItems",
            [ValueTypes.Object] = "maxProperties",
        },
        new() { [ValueTypes.Array] = "items", [ValueTypes.Object] = "properties" },
    ];

    // What goes with another keyword, and says nothing without it.
    private static readonly Dictionary<string, (string Other, string Advice)> Companions = new(StringComparer.Ordinal)
    {
        ["then"] = ("if", "say when it holds in 'if', or write allOf"),
        ["else"] = ("if", "say when it holds in 'if', or write allOf"),
        ["minContains"] = ("contains", "say in 'contains' which items are counted, or write minItems"),
        ["maxContains"] = ("contains", "say in 'contains' which items are counted, or write maxItems"),
    };

    // Formats that other dialects tell for a reader, and not to ask more of a value.
    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "int32", "int64", "int8", "int16", "uint8", "uint16", "uint32", "uint64", "integer", "float", "double", "decimal", "number",
        "byte", "binary", "password", "string", "text", "textarea", "markdown", "html", "multiline",
    };

    private static readonly Dictionary<string, string> FormatsMeant = new(StringComparer.Ordinal)
    {
        ["datetime"] = "date-time",
        ["timestamp"] = "date-time",
        ["ip"] = "ipv4",
        ["ipaddress"] = "ipv4",
        ["url"] = "uri",
        ["link"] = "uri",
        ["guid"] = "uuid",
        ["mail"] = "email",
        ["host"] = "hostname",
        ["domain"] = "hostname",
        ["regexp"] = "regex",
    };

    /// <param name="schema">What was read.</param>
    /// <param name="element">What was written.</param>
    /// <param name="takesNull">Whether null fits a schema.</param>
    public static IEnumerable<SchemaHint> Of(Schema schema, JsonElement element, Func<Schema, bool> takesNull)
    {
        var members = element.EnumerateObject()
            .Select(member => (Name: SchemaResources.TryName(member), member.Value))
            .Where(member => member.Name is not null)
            .Select(member => (Name: member.Name!, member.Value))
            .ToArray();
        if (members.Length > 0 && members.All(member => IsNoKeyword(member.Name)))
        {
            yield return new(
                schema.Pointer,
                $"none of {Listed(members.Select(member => member.Name))} is a keyword of JSON Schema, so that any value fits; the "
                    + "properties of an object stand within \"properties\", each with its own schema.");
            yield break;
        }

        foreach (var (name, value) in members)
        {
            var reason = name != "nullable" ? ReasonOf(schema, element, name, value)
                : value.ValueKind == JsonValueKind.True && !takesNull(schema) ? Nullable(element)
                : null;
            if (reason is not null)
                yield return new(JsonPointer.Append(schema.Pointer, name), reason);
        }
    }

    private static string Nullable(JsonElement element)
    {
        var types = element.TryGetProperty("type", out var type)
            ? (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(Text) : [Text(type)]).OfType<string>().ToArray()
            : [];
        var fixedValues = element.TryGetProperty("enum", out _) ? ", and add null to the values of enum" : "";
        var advice = types.Length > 0 && !element.TryGetProperty("const", out _)
            ? $"\"type\": [{string.Join(", ", types.Select(name => $"\"{name}\""))}, \"null\"]{fixedValues}"
            : fixedValues.Length > 0 ? "null among the values of enum"
            : "\"anyOf\": [{ … }, { \"type\": \"null\" }] around what stands here";
        return $"'nullable' is of OpenAPI 3.0 and no keyword of JSON Schema, so that null does not fit; write {advice}.";
    }

    private static bool IsNoKeyword(string name) =>
        !KeywordSpelling.IsKnown(name)
        && !KeywordSpelling.IsOfSomebody(name)
        && name is not ['$', ..]
        && KeywordSpelling.Meant(name) is null;

    private static string? ReasonOf(Schema schema, JsonElement element, string name, JsonElement value) => name switch
    {
        "format" => OfFormat(value),
        "exclusiveMinimum" or "exclusiveMaximum" when value.ValueKind == JsonValueKind.True =>
            element.TryGetProperty(name == "exclusiveMinimum" ? "minimum" : "maximum", out _)
                ? null
                : $"true is how draft 4 says it, next to a bound, and there is none; write \"{name}\" with the number itself.",
        "additionalItems" when !IsList(element, "items") =>
            element.TryGetProperty("items", out _) && !element.TryGetProperty("prefixItems", out _)
                ? null
                : "it goes with a list of items, as old drafts have it, and says nothing here; write items, which are those after "
                    + "prefixItems.",
        "optional" when value.ValueKind == JsonValueKind.True =>
            "'optional' is no keyword of JSON Schema; a property is optional when 'required' of its object does not name it.",
        "mandatory" when value.ValueKind == JsonValueKind.True =>
            "'mandatory' is no keyword of JSON Schema; name the property in 'required' of its object.",
        "options" or "choices" or "values" when value.ValueKind == JsonValueKind.Array => Unknown(name, "enum"),
        "fields" or "props" or "attributes" when value.ValueKind == JsonValueKind.Object => Unknown(name, "properties"),
        "elements" when value.ValueKind == JsonValueKind.Object => Unknown(name, "items"),
        "min" or "max" when value.ValueKind == JsonValueKind.Number =>
            $"'{name}' is no keyword of JSON Schema, and is ignored; write {Listed(Twins[name == "min" ? 0 : 1].Values, "or")}.",
        _ when Companions.TryGetValue(name, out var companion) && !element.TryGetProperty(companion.Other, out _) =>
            $"'{name}' says nothing without '{companion.Other}'; {companion.Advice}.",
        _ when Concerned.TryGetValue(name, out var types) => OfType(schema, element, name, value, types),
        _ when KeywordSpelling.Meant(name) is { } meant => Unknown(name, meant),
        _ when !KeywordSpelling.IsKnown(name) && !KeywordSpelling.IsOfSomebody(name) && IsSchema(value) =>
            $"'{name}' is no keyword of JSON Schema, and is ignored; a property stands within \"properties\", a schema to refer to "
                + "within \"$defs\".",
        _ => null,
    };

    private static string Unknown(string name, string meant) =>
        $"'{name}' is no keyword of JSON Schema, and is ignored; write {meant}.";

    private static string? OfFormat(JsonElement value)
    {
        if (Text(value) is not { } format)
            return null;
        if (TextFormats.Find(format) is not null || Annotations.Contains(format))
            return null;
        var plain = string.Concat(format.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        var meant = FormatsMeant.GetValueOrDefault(plain)
            ?? TextFormats.Names.FirstOrDefault(name => name.Replace("-", "", StringComparison.Ordinal) == plain);
        return meant is not null
            ? $"the format '{format}' is not known, and any text fits; write \"{meant}\"."
            : $"the format '{format}' is not known, and any text fits; write a pattern, or one of "
                + $"{string.Join(", ", TextFormats.Names)}.";
    }

    private static string? OfType(Schema schema, JsonElement element, string name, JsonElement value, ValueTypes concerned)
    {
        var isEmpty = value.ValueKind switch
        {
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            JsonValueKind.False => true,
            _ => false,
        };
        if (isEmpty || !element.TryGetProperty("type", out _) || schema.Types == ValueTypes.None || (schema.Types & concerned) != 0)
            return null;
        var only = (schema.Types & ~ValueTypes.Null) is var types && (types & ValueTypes.Number) != 0 ? types | ValueTypes.Number : types;
        var twin = Twins.FirstOrDefault(twins => twins.GetValueOrDefault(concerned) == name)?.GetValueOrDefault(only);
        return $"'{name}' is about {Word(concerned)}, and the type here is {TypesOf(element)}: it is ignored; "
            + (twin is null ? $"name the type that is meant, or leave it out." : $"write {twin}, or name the type that is meant.");
    }

    private static string TypesOf(JsonElement element) =>
        element.GetProperty("type") is { ValueKind: JsonValueKind.Array } list
            ? Listed(list.EnumerateArray().Select(Text).OfType<string>())
            : $"'{Text(element.GetProperty("type"))}'";

    private static string Word(ValueTypes concerned) => concerned switch
    {
        ValueTypes.String => "strings",
        ValueTypes.Number => "numbers",
        ValueTypes.Array => "arrays",
        _ => "objects",
    };

    private static bool IsList(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array;

    private static bool IsSchema(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && ((value.TryGetProperty("type", out var type) && Text(type) is { } name && KeywordValue.IsType(name))
            || (value.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
            || (value.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String));

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Listed(IEnumerable<string> names, string and = "and")
    {
        var quoted = names.Select(name => $"'{name}'").Distinct(StringComparer.Ordinal).ToArray();
        var shown = quoted.Length > 8 ? [.. quoted[..7], $"{quoted.Length - 7} more"] : quoted;
        return shown.Length < 2 ? string.Concat(shown) : $"{string.Join(", ", shown[..^1])} {and} {shown[^1]}";
    }
}
