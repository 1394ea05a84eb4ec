using System.Text.Json;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Pipeline.Validate;

/// <summary>Where the values of an answer stand in its text, in bytes.</summary>
/// <param name="Scalars">In the order of the text.</param>
/// <param name="Lists">In the order of their ends.</param>
internal sealed record AnswerBytes(IReadOnlyList<AnswerBytes.Scalar> Scalars, IReadOnlyList<AnswerBytes.List> Lists)
{
    private const byte Comma = (byte)',';

    /// <param name="json">Valid JSON.</param>
    public static AnswerBytes Read(ReadOnlySpan<byte> json)
    {
        var (scalars, lists) = (new List<Scalar>(), new List<List>());
        var reader = new Utf8JsonReader(json);
        var above = new Stack<Open>();
        var pointer = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    pointer = JsonPointer.Append(above.Peek().Pointer, reader.GetString()!);
                    continue;
                case JsonTokenType.EndObject:
                    above.Pop();
                    continue;
                case JsonTokenType.EndArray:
                    above.Peek().Places.Add((int)reader.TokenStartIndex);
                    lists.Add(new(above.Peek().Pointer, above.Pop().Places));
                    continue;
            }

            var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
            if (above.TryPeek(out var parent) && parent.IsList)
            {
                pointer = $"{parent.Pointer}/{parent.Places.Count}";
                parent.Places.Add(parent.Places.Count == 0 ? start : json[..start].LastIndexOf(Comma));
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    above.Push(new(pointer, reader.TokenType == JsonTokenType.StartArray, []));
                    break;
                case JsonTokenType.String:
                    scalars.Add(new(pointer, start + 1, Math.Max(end - 1, start + 2)));
                    break;
                default:
                    scalars.Add(new(pointer, start, end));
                    break;
            }
        }

        return new(scalars, lists);
    }

    /// <summary>A text without its quotes, of an empty one its end; or any other scalar.</summary>
    /// <param name="Pointer">Its JSON pointer.</param>
    /// <param name="Start">Its first byte.</param>
    /// <param name="End">The byte behind its last one.</param>
    internal readonly record struct Scalar(string Pointer, int Start, int End);

    /// <summary>A list.</summary>
    /// <param name="Pointer">Its JSON pointer.</param>
    /// <param name="Places">
    /// The bytes where it might have ended or gone on: the first of its first element, the comma before each other one, and its end.
    /// </param>
    internal readonly record struct List(string Pointer, IReadOnlyList<int> Places);

    /// <summary>An object or list that is not over.</summary>
    private sealed record Open(string Pointer, bool IsList, List<int> Places);
}
