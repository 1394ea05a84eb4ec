using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Says of every scalar field of an insight how sure the model was when it wrote it, and of every list when it ended it.</summary>
internal static class FieldEvidence
{
    /// <summary>Adds to every field how sure the model was of it, and to the fields the lists whose ends were a choice.</summary>
    /// <param name="fields">The insight's fields.</param>
    /// <param name="answer">The valid answer that it was made of.</param>
    /// <param name="insight">
    /// The insight. A value that was put right, or put in its place, is not the model's: it stays without signals.
    /// </param>
    public static IReadOnlyList<InsightField> Add(IReadOnlyList<InsightField> fields, ModelAnswer answer, JsonElement insight)
    {
        if (answer.Choices is not { } choices) return fields;
        var parsed = AnswerParser.Parse(answer.Text);
        var said = Scalars(parsed).ToDictionary();
        var own = Scalars(insight).Where(field => said.TryGetValue(field.Key, out var value) && JsonElement.DeepEquals(field.Value, value))
            .Select(field => field.Key)
            .ToHashSet(StringComparer.Ordinal);
        var places = AnswerBytes.Read(Encoding.UTF8.GetBytes(answer.Text));
        var signals = places.Scalars.Where(place => own.Contains(place.Pointer))
            .ToDictionary(place => place.Pointer, place => Signals(Within(choices, place)), StringComparer.Ordinal);
        var lengths = Lengths(insight).ToDictionary();
        var same = Lengths(parsed).Where(list => lengths.GetValueOrDefault(list.Key, -1) == list.Value).ToDictionary();
        var lists = places.Lists.Where(list => same.ContainsKey(list.Pointer))
            .Select(list => new InsightField
            {
                Pointer = list.Pointer,
                Signals = Signals([.. choices.Where(choice => list.Places.Any(at => IsWithin(choice, at, at + 1)))]),
            })
            .Where(list => list.Signals!.Choices > 0);
        return [.. fields.Select(field => field with { Signals = signals.GetValueOrDefault(field.Pointer) }), .. lists];
    }

    /// <summary>A token that writes of two fields was a choice for both.</summary>
    private static List<TokenChoice> Within(IReadOnlyList<TokenChoice> choices, AnswerBytes.Scalar place) =>
        [.. choices.Where(choice => IsWithin(choice, place.Start, place.End))];

    private static bool IsWithin(TokenChoice choice, int start, int end) => choice.Start < end && choice.Start + choice.Length > start;

    private static FieldSignals Signals(List<TokenChoice> own) => own.Count == 0 ? new() : new()
    {
        LeastProbability = own.Min(choice => choice.Probability),
        FirstProbability = own[0].Probability,
        MeanProbability = Math.Exp(own.Average(choice => Math.Log(choice.Probability))),
        SmallestMargin = own.Min(choice => choice.Margin),
        Choices = own.Count,
    };

    private static IEnumerable<KeyValuePair<string, JsonElement>> Scalars(JsonElement value, string pointer = "") => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(member => Scalars(member.Value, JsonPointer.Append(pointer, member.Name))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Scalars(item, $"{pointer}/{index}")),
        _ => [new(pointer, value)],
    };

    private static IEnumerable<KeyValuePair<string, int>> Lengths(JsonElement value, string pointer = "") => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(member => Lengths(member.Value, JsonPointer.Append(pointer, member.Name))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Lengths(item, $"{pointer}/{index}"))
            .Append(new(pointer, value.GetArrayLength())),
        _ => [],
    };
}
