using Qwen35Batch.Pipeline.Extract.Documents.Content;

namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// Lines and columns of a plain text, kept at every so many characters: the place of a part is counted from the nearest one, and not
/// from the start of the text.
/// </summary>
internal static class LinePlaces
{
    /// <summary>The characters from one place to the next.</summary>
    public const int Step = 1 << 15;

    /// <summary>The place of the text's start, and of every further step.</summary>
    public static IReadOnlyList<TextStart> Of(string text, TextStart start)
    {
        var places = new List<TextStart> { start };
        for (var at = Step; at < text.Length; at += Step)
            places.Add(After(places[^1], text.AsSpan(at - Step, Step)));
        return places;
    }

    /// <summary>The place of a character of the text.</summary>
    /// <param name="places">The text's places; never empty.</param>
    /// <param name="at">The character, from 0.</param>
    /// <param name="read">Reads the text from a place, so many characters.</param>
    public static TextStart At(IReadOnlyList<TextStart> places, int at, Func<int, int, string> read)
    {
        var known = Math.Min(at / Step, places.Count - 1);
        return After(places[known], read(known * Step, at - (known * Step)));
    }

    private static TextStart After(TextStart place, ReadOnlySpan<char> text)
    {
        var last = text.LastIndexOf('\n');
        return last < 0
            ? place with { Column = place.Column + text.Length }
            : new(place.Line + text.Count('\n'), text.Length - last - 1);
    }
}
