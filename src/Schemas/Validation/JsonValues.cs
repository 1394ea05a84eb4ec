using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Schemas.Writing;

namespace Qwen35Batch.Schemas.Validation;

/// <summary>Values as JSON Schema compares them.</summary>
internal static class JsonValues
{
    // More of them are looked up.
    private const int FewValues = 8;

    private static readonly ConditionalWeakTable<IReadOnlyList<JsonElement>, HashSet<string>> Sets = [];

    /// <summary>Whether two values are equal: numbers by what they are, objects whatever their order.</summary>
    public static bool AreSame(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
            return false;
        switch (left.ValueKind)
        {
            case JsonValueKind.String:
                return left.ValueEquals(right.GetString());
            case JsonValueKind.Number:
                return ExactDecimal.Parse(left.GetRawText()).CompareTo(ExactDecimal.Parse(right.GetRawText())) == 0;
            case JsonValueKind.Array:
                return left.GetArrayLength() == right.GetArrayLength()
                    && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => AreSame(pair.First, pair.Second));
            case JsonValueKind.Object:
                return left.EnumerateObject().Count() == right.EnumerateObject().Count()
                    && left.EnumerateObject()
                        .All(member => right.TryGetProperty(member.Name, out var other) && AreSame(member.Value, other));
            default:
                return true;
        }
    }

    /// <summary>Whether a value is the same as one of some fixed ones.</summary>
    public static bool IsAmong(IReadOnlyList<JsonElement> fixedValues, JsonElement value) => fixedValues.Count <= FewValues
        ? fixedValues.Any(candidate => AreSame(candidate, value))
        : Sets.GetValue(fixedValues, values => values.Select(Canonical).ToHashSet(StringComparer.Ordinal)).Contains(Canonical(value));

    /// <summary>The same text for values that are the same.</summary>
    public static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject()
            .Select(member => $"{JsonText.Quote(member.Name)}:{Canonical(member.Value)}")
            .Order(StringComparer.Ordinal))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",
        JsonValueKind.Number => ExactDecimal.Parse(value.GetRawText()).Shortest.ToString(),
        _ => JsonText.Write(value),
    };

    public static ValueTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ValueTypes.Object,
        JsonValueKind.Array => ValueTypes.Array,
        JsonValueKind.String => ValueTypes.String,
        JsonValueKind.True or JsonValueKind.False => ValueTypes.Boolean,
        JsonValueKind.Null => ValueTypes.Null,

        // What no double holds is no number to those who read it.
        _ when !double.IsFinite(value.GetDouble()) => ValueTypes.None,
        _ => ExactDecimal.Parse(value.GetRawText()).IsInteger ? ValueTypes.Integer : ValueTypes.Fraction,
    };

    /// <summary>What a value is, in words.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Number => string.Create(CultureInfo.InvariantCulture, $"the number {value.GetRawText()}"),
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => "a string",
    };

    /// <summary>Types in words.</summary>
    public static string Describe(ValueTypes types)
    {
        var names = new List<string>();
        foreach (var (type, name) in (ReadOnlySpan<(ValueTypes, string)>)
            [
                (ValueTypes.Object, "an object"), (ValueTypes.Array, "an array"), (ValueTypes.String, "a string"),
                (ValueTypes.Boolean, "a boolean"),
            ])
        {
            if (types.HasFlag(type))
                names.Add(name);
        }

        if (types.HasFlag(ValueTypes.Number))
            names.Add("a number");
        else if (types.HasFlag(ValueTypes.Integer))
            names.Add("an integer");
        else if (types.HasFlag(ValueTypes.Fraction))
            names.Add("a number with a fraction");
        if (types.HasFlag(ValueTypes.Null))
            names.Add("null");
        return names.Count == 0 ? "nothing" : string.Join(" or ", names);
    }
}
