using System.Text.Json;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>Compares an answer with the expected one, field by field.</summary>
internal static class FieldComparison
{
    // What decimal fractions lose as doubles.
    private const double Rounding = 1e-9;

    /// <param name="field">What is compared.</param>
    /// <param name="answer">Undefined when there is none.</param>
    /// <param name="expected">What it should be.</param>
    public static bool IsRight(EvaluationField field, JsonElement answer, JsonElement expected) =>
        field.Pointers.All(pointer => Same(answer, expected, FieldPointer.Names(pointer), field.Tolerance));

    /// <summary>The values at a field's pointers, as JSON, for people to look at.</summary>
    public static string Show(EvaluationField field, JsonElement answer) =>
        string.Join(", ", field.Pointers.Select(pointer => Show(answer, FieldPointer.Names(pointer))));

    private static string Show(JsonElement value, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText();
        if (names[0] != "*" || value.ValueKind != JsonValueKind.Array) return Show(FieldPointer.Member(value, names[0]), names[1..]);
        var items = new List<string>();
        foreach (var item in value.EnumerateArray()) items.Add(Show(item, names[1..]));
        return $"[{string.Join(", ", items)}]";
    }

    private static bool Same(JsonElement answer, JsonElement expected, ReadOnlySpan<string> names, double tolerance)
    {
        if (names.IsEmpty) return Same(answer, expected, tolerance);
        if (names[0] != "*" || expected.ValueKind != JsonValueKind.Array)
            return Same(FieldPointer.Member(answer, names[0]), FieldPointer.Member(expected, names[0]), names[1..], tolerance);
        if (answer.ValueKind != JsonValueKind.Array || answer.GetArrayLength() != expected.GetArrayLength()) return false;
        for (var i = 0; i < expected.GetArrayLength(); i++)
            if (!Same(answer[i], expected[i], names[1..], tolerance)) return false;
        return true;
    }

    /// <summary>Whether two values are the same, numbers within the tolerance; null is the same as nothing.</summary>
    public static bool Same(JsonElement answer, JsonElement expected, double tolerance) => (answer.ValueKind, expected.ValueKind) switch
    {
        (JsonValueKind.Undefined or JsonValueKind.Null, JsonValueKind.Undefined or JsonValueKind.Null) => true,
        (JsonValueKind.Undefined, _) or (_, JsonValueKind.Undefined) => false,
        (JsonValueKind.Number, JsonValueKind.Number) => Math.Abs(answer.GetDouble() - expected.GetDouble()) <= tolerance + Rounding,
        (JsonValueKind.Array, JsonValueKind.Array) => answer.GetArrayLength() == expected.GetArrayLength()
            && answer.EnumerateArray().Zip(expected.EnumerateArray()).All(pair => Same(pair.First, pair.Second, tolerance)),
        _ => JsonElement.DeepEquals(answer, expected),
    };
}
