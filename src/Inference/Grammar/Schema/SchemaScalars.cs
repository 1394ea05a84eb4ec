using System.Numerics;
using System.Text;
using System.Text.Json;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Schema;

/// <summary>Reads the schemas of strings, numbers and fixed values.</summary>
internal static class SchemaScalars
{
    private static readonly string[] Bounds = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

    public static ScalarNode ReadString(JsonElement schema, string at)
    {
        var min = SchemaKeywords.ReadCount(schema, "minLength", at) ?? 0;
        var max = SchemaKeywords.ReadCount(schema, "maxLength", at) ?? StringTerminal.Unlimited;
        if (min > max)
            throw new UnsupportedSchemaException($"{at}/minLength", $"minLength ({min}) is above maxLength ({max}), so no string fits.");
        if (ReadText(schema, at) is not { } text)
            return new ScalarNode(StringTerminal.Instance, StringTerminal.State(StringPhase.Before, min, max));
        var bounded = text.WithLength(min, max == StringTerminal.Unlimited ? null : max, at);
        return new ScalarNode(new PatternTerminal(bounded ?? throw new UnsupportedSchemaException(at, "no text of the allowed length fits.")));
    }

    /// <summary>The texts that a pattern or a format allows, or null when there is neither.</summary>
    public static PatternAutomaton? ReadText(JsonElement schema, string at)
    {
        var hasFormat = schema.TryGetProperty("format", out var format);
        if (schema.TryGetProperty("pattern", out var pattern))
            return hasFormat
                ? throw new UnsupportedSchemaException($"{at}/format", "'format' is not supported next to pattern.")
                : PatternAutomaton.Compile(SchemaKeywords.ReadText(pattern, $"{at}/pattern"), $"{at}/pattern");
        return hasFormat ? TextFormats.Find(SchemaKeywords.ReadText(format, $"{at}/format"), $"{at}/format") : null;
    }

    public static ScalarNode ReadNumber(JsonElement schema, string at, bool isInteger)
    {
        var scale = isInteger ? 0 : NumberRange.FractionDigits;
        var low = Largest(
            SchemaKeywords.ReadNumber(schema, "minimum", at)?.Ceiling(scale),
            SchemaKeywords.ReadNumber(schema, "exclusiveMinimum", at)?.Floor(scale) + 1);
        var high = -Largest(
            -SchemaKeywords.ReadNumber(schema, "maximum", at)?.Floor(scale),
            -(SchemaKeywords.ReadNumber(schema, "exclusiveMaximum", at)?.Ceiling(scale) - 1));
        var divisor = isInteger ? SchemaKeywords.ReadDivisor(schema, at) : 1;
        var range = isInteger ? NumberRange.Integers(low, high, divisor) : NumberRange.Numbers(low, high);
        var terminal = range.IsEmpty ? null : NumberAutomaton.Build(range);
        return terminal is not null
            ? new ScalarNode(terminal)
            : throw new UnsupportedSchemaException(
                $"{at}/{Bounds.First(keyword => schema.TryGetProperty(keyword, out _))}",
                $"no {(divisor == 1 ? "number" : $"multiple of {divisor}")} of at most {range.Digits} digits lies within the bounds.");
    }

    /// <summary>The values of an enum or a const that have the schema's type.</summary>
    public static ScalarNode ReadFixed(JsonElement schema, string keyword, string at)
    {
        var types = SchemaKeywords.ReadTypes(schema, at);
        var value = schema.GetProperty(keyword);
        if (keyword == "const")
            return Words([WriteFixed(value, types, $"{at}/const") ?? throw new UnsupportedSchemaException($"{at}/const", "the value does not have the schema's type.")]);
        if (value.ValueKind != JsonValueKind.Array)
            throw new UnsupportedSchemaException($"{at}/enum", "enum is an array of values.");
        var texts = value.EnumerateArray().Select((element, i) => WriteFixed(element, types, $"{at}/enum/{i}")).OfType<string>().Distinct().ToArray();
        return texts.Length > 0 ? Words(texts) : throw new UnsupportedSchemaException($"{at}/enum", "no value has the schema's type, so nothing fits.");
    }

    public static ScalarNode Words(IEnumerable<string> texts) =>
        new(WordTerminal.Create(texts.Select(text => (Encoding.UTF8.GetBytes(text), 0))));

    /// <summary>The text of a fixed value, or null when it has none of the types.</summary>
    private static string? WriteFixed(JsonElement value, IReadOnlyList<string> types, string at)
    {
        var (text, isOfType) = value.ValueKind switch
        {
            JsonValueKind.String => (JsonText.Quote(SchemaKeywords.ReadText(value, at)), types.Contains("string")),
            JsonValueKind.Number => (value.GetRawText(), types.Contains("number") || (types.Contains("integer") && IsInteger(value))),
            JsonValueKind.True => ("true", types.Contains("boolean")),
            JsonValueKind.False => ("false", types.Contains("boolean")),
            JsonValueKind.Null => ("null", types.Contains("null")),
            _ => throw new UnsupportedSchemaException(at, "only strings, numbers, true, false and null are supported as fixed values."),
        };
        return types.Count == 0 || isOfType ? text : null;
    }

    private static bool IsInteger(JsonElement value)
    {
        var number = ExactDecimal.Parse(value.GetRawText());
        return number.Floor(0) == number.Ceiling(0);
    }

    private static BigInteger? Largest(BigInteger? left, BigInteger? right) =>
        left is null ? right : right is null ? left : BigInteger.Max(left.Value, right.Value);
}
