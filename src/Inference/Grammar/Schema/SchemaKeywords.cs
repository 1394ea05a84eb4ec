using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Schemas;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Reads the values of a schema's keywords.</summary>
internal static class SchemaKeywords
{
    private const int LargestCount = 1_000_000;
    private const int LargestDivisor = 1000;

    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>The types of a schema, none when it gives none.</summary>
    public static IReadOnlyList<string> ReadTypes(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("type", out var value))
            return [];
        var types = value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((type, i) => ReadType(type, $"{at}/type/{i}")).Distinct().ToArray()
            : [ReadType(value, $"{at}/type")];
        return types.Length > 0 ? types : throw new UnsupportedSchemaException($"{at}/type", "the list of types is empty, so no value fits.");
    }

    /// <summary>A number of items or characters.</summary>
    public static int? ReadCount(JsonElement schema, string keyword, string at)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var count) && count >= 0 && decimal.IsInteger(count) && count <= LargestCount)
            return (int)count;
        throw new UnsupportedSchemaException($"{at}/{keyword}", $"{keyword} is a whole number from 0 to {LargestCount.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>A bound of a number.</summary>
    public static ExactDecimal? ReadNumber(JsonElement schema, string keyword, string at)
    {
        if (!schema.TryGetProperty(keyword, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number
            ? ExactDecimal.Parse(value.GetRawText())
            : throw new UnsupportedSchemaException($"{at}/{keyword}", $"{keyword} is a number.");
    }

    /// <summary>What integers are multiples of; 1 where nothing is said.</summary>
    public static int ReadDivisor(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("multipleOf", out var value))
            return 1;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var divisor) && decimal.IsInteger(divisor) && divisor is >= 1 and <= LargestDivisor
            ? (int)divisor
            : throw new UnsupportedSchemaException($"{at}/multipleOf", $"multipleOf is a whole number from 1 to {LargestDivisor.ToString(CultureInfo.InvariantCulture)}.");
    }

    /// <summary>The names of an object's required properties.</summary>
    public static HashSet<string> ReadRequired(JsonElement schema, IReadOnlyCollection<string> names, string at)
    {
        var required = new HashSet<string>();
        if (!schema.TryGetProperty("required", out var value))
            return required;
        if (value.ValueKind != JsonValueKind.Array)
            throw new UnsupportedSchemaException($"{at}/required", "required is an array of property names.");
        foreach (var (i, element) in value.EnumerateArray().Index())
        {
            var name = ReadText(element, $"{at}/required/{i}");
            if (!names.Contains(name))
                throw new UnsupportedSchemaException($"{at}/required/{i}", $"the required property '{name}' is not in properties, so no object fits.");
            required.Add(name);
        }
        return required;
    }

    public static string ReadText(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw new UnsupportedSchemaException(at, "a text is expected here.");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnsupportedSchemaException(at, "the text has half of a surrogate pair.");
        }
    }

    public static string ReadName(JsonProperty property, string at)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw new UnsupportedSchemaException(at, "a name has half of a surrogate pair.");
        }
    }

    /// <summary>The schema that a reference within the document points to.</summary>
    public static JsonElement Resolve(JsonElement root, string reference, string at)
    {
        if (reference != "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
            throw new UnsupportedSchemaException(at, $"'{reference}' is not supported: a reference points into the same document, such as #/$defs/name.");
        var found = root;
        foreach (var part in reference.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            found = found.ValueKind switch
            {
                JsonValueKind.Object when found.TryGetProperty(name, out var child) => child,
                JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < found.GetArrayLength() => found[i],
                _ => throw new UnsupportedSchemaException(at, $"'{reference}' points to nothing in this schema."),
            };
        }
        return found;
    }

    /// <summary>A name as a part of a JSON pointer.</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string ReadType(JsonElement value, string at)
    {
        var type = ReadText(value, at);
        return Types.Contains(type) ? type : throw new UnsupportedSchemaException(at, $"'{type}' is no type; types are {string.Join(", ", Types)}.");
    }
}
