namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// Cuts a text into parts. Their number follows from the text's length alone, so that a plan needs no text; each cut moves back
/// from its even place to the best border near it: a paragraph's, else a line's, a sentence's, a word's.
/// </summary>
internal static class TextParts
{
    // A part is planned at 0.8 of the limit, and a border moves back by at most 0.2 of it: no part is longer than the limit.
    private const double Planned = 0.8;
    private const double Movable = 0.2;

    private static readonly string[] Borders = ["\n\n", "\n", "。", ". ", " "];

    /// <summary>The number of parts; at least 1.</summary>
    public static int Count(int characters, int partCharacters) =>
        characters <= partCharacters ? 1 : (int)Math.Ceiling(characters / (partCharacters * Planned));

    /// <summary>A part, by its number from 0, and where in the text it begins.</summary>
    public static (int Start, string Text) Get(string text, int number, int partCharacters) =>
        Get(text.Length, text.Substring, number, partCharacters);

    /// <summary>A part of a text of which no more is read than is needed.</summary>
    /// <param name="characters">The text's length.</param>
    /// <param name="read">Reads from a place, so many characters.</param>
    /// <param name="number">From 0.</param>
    /// <param name="partCharacters">The longest part.</param>
    public static (int Start, string Text) Get(int characters, Func<int, int, string> read, int number, int partCharacters)
    {
        var count = Count(characters, partCharacters);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, count);
        var start = Border(characters, read, number, count, partCharacters);
        return (start, read(start, Border(characters, read, number + 1, count, partCharacters) - start));
    }

    private static int Border(int characters, Func<int, int, string> read, int number, int count, int partCharacters)
    {
        if (number == 0)
            return 0;
        if (number == count)
            return characters;
        var even = (int)((long)characters * number / count);
        var length = (int)(partCharacters * Movable);
        var window = read(even - length, length).AsSpan();
        foreach (var border in Borders)
        {
            var at = window.LastIndexOf(border, StringComparison.Ordinal);
            if (at >= 0)
                return even - length + at + border.Length;
        }

        return char.IsLowSurrogate(read(even, 1)[0]) ? even - 1 : even;
    }
}
