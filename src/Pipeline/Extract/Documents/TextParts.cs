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
    public static (int Start, string Text) Get(string text, int number, int partCharacters)
    {
        var count = Count(text.Length, partCharacters);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, count);
        var start = Border(text, number, count, partCharacters);
        return (start, text[start..Border(text, number + 1, count, partCharacters)]);
    }

    private static int Border(string text, int number, int count, int partCharacters)
    {
        if (number == 0)
            return 0;
        if (number == count)
            return text.Length;
        var even = (int)((long)text.Length * number / count);
        var length = (int)(partCharacters * Movable);
        var window = text.AsSpan(even - length, length);
        foreach (var border in Borders)
        {
            var at = window.LastIndexOf(border, StringComparison.Ordinal);
            if (at >= 0)
                return even - length + at + border.Length;
        }

        return char.IsLowSurrogate(text[even]) ? even - 1 : even;
    }
}
