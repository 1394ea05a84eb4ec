using System.Text;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Pipeline.Infer;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Says of every scalar field of an insight how sure the model was when it wrote it.</summary>
internal static class FieldEvidence
{
    /// <summary>Adds to every field how sure the model was of it.</summary>
    /// <param name="fields">The insight's fields.</param>
    /// <param name="answer">The valid answer that it was made of.</param>
    /// <param name="insight">
    /// The insight. A value that was put right, or put in its place, is not the model's: it stays without signals.
    /// </param>
    public static IReadOnlyList<InsightField> Add(IReadOnlyList<InsightField> fields, ModelAnswer answer, JsonElement insight)
    {
        if (answer.Choices is not { } choices) return fields;
        var said = Scalars(AnswerParser.Parse(answer.Text)).ToDictionary();
        var own = Scalars(insight).Where(field => said.TryGetValue(field.Key, out var value) && JsonElement.DeepEquals(field.Value, value))
            .Select(field => field.Key)
            .ToHashSet(StringComparer.Ordinal);
        var signals = Places(Encoding.UTF8.GetBytes(answer.Text)).Where(place => own.Contains(place.Pointer))
            .ToDictionary(place => place.Pointer, place => Signals(choices, place.Start, place.End), StringComparer.Ordinal);
        return [.. fields.Select(field => field with { Signals = signals.GetValueOrDefault(field.Pointer) })];
    }

    /// <summary>A token that writes of two fields was a choice for both.</summary>
    private static FieldSignals Signals(IReadOnlyList<TokenChoice> choices, int start, int end)
    {
        var own = choices.Where(choice => choice.Start < end && choice.Start + choice.Length > start).ToList();
        return own.Count == 0 ? new() : new()
        {
            LeastProbability = own.Min(choice => choice.Probability),
            FirstProbability = own[0].Probability,
            MeanProbability = Math.Exp(own.Average(choice => Math.Log(choice.Probability))),
            SmallestMargin = own.Min(choice => choice.Margin),
            Choices = own.Count,
        };
    }

    /// <summary>Where the scalars stand in the text, in bytes; of a text what is between its quotes, and of an empty one its end.</summary>
    private static List<(string Pointer, int Start, int End)> Places(ReadOnlySpan<byte> json)
    {
        var places = new List<(string, int, int)>();
        var reader = new Utf8JsonReader(json);
        var above = new Stack<(string Pointer, int Item)>();
        var pointer = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    pointer = JsonPointer.Append(above.Peek().Pointer, reader.GetString()!);
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    above.Pop();
                    continue;
            }

            if (above.TryPeek(out var parent) && parent.Item >= 0)
            {
                pointer = $"{parent.Pointer}/{parent.Item}";
                above.Pop();
                above.Push((parent.Pointer, parent.Item + 1));
            }

            var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    above.Push((pointer, -1));
                    break;
                case JsonTokenType.StartArray:
                    above.Push((pointer, 0));
                    break;
                case JsonTokenType.String when end - start > 2:
                    places.Add((pointer, start + 1, end - 1));
                    break;
                case JsonTokenType.String:
                    places.Add((pointer, start + 1, end));
                    break;
                default:
                    places.Add((pointer, start, end));
                    break;
            }
        }

        return places;
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Scalars(JsonElement value, string pointer = "") => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(member => Scalars(member.Value, JsonPointer.Append(pointer, member.Name))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Scalars(item, $"{pointer}/{index}")),
        _ => [new(pointer, value)],
    };
}
