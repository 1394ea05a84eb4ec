using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Grounding.Reading;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>
/// A page that has a text layer can be read in another way, by its picture alone. Two readings of one model that are asked for the same
/// way go wrong alike; two ways do so less often.
/// </summary>
internal static class SecondReading
{
    /// <summary>The content of the second reading; null when there is no other way to read the segment.</summary>
    public static ExtractedSegment? Of(SegmentReference segment, ExtractedSegment content) =>
        segment.Kind == SegmentKind.Page && content.Pictures.Count > 0 && !string.IsNullOrWhiteSpace(content.Text)
            ? content with { Text = null }
            : null;

    /// <summary>Says of every field whether both readings gave the same: the same value, and of a list the same length.</summary>
    /// <param name="fields">The fields of the first reading.</param>
    /// <param name="first">Its insight.</param>
    /// <param name="second">The insight of the second reading.</param>
    public static IReadOnlyList<InsightField> Compare(IReadOnlyList<InsightField> fields, JsonElement first, JsonElement second) =>
    [
        .. fields.Select(field => field with
        {
            Signals = (field.Signals ?? new()) with
            {
                Agreement = IsSame(JsonPointer.Find(first, field.Pointer), JsonPointer.Find(second, field.Pointer)),
            },
        })
    ];

    private static bool IsSame(JsonElement? first, JsonElement? second) => (first, second) switch
    {
        ({ ValueKind: JsonValueKind.Array } one, { ValueKind: JsonValueKind.Array } other) =>
            one.GetArrayLength() == other.GetArrayLength(),
        ({ ValueKind: JsonValueKind.String } one, { ValueKind: JsonValueKind.String } other) =>
            Folding.Fold(one.GetString()!) == Folding.Fold(other.GetString()!),
        ({ } one, { } other) => JsonElement.DeepEquals(one, other),
        _ => false,
    };
}
