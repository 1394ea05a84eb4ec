using System.Globalization;
using System.Text;

namespace Qwen35Batch.Pipeline.Grounding.Reading;

/// <summary>
/// Gives text that looks the same the same form: compatibility forms and widths (NFKC), radicals, accents, case, dashes with the long
/// vowel mark, quotation marks. White space and what is not seen is left out. From a table, because <see cref="string.Normalize()"/>
/// returns its input unchanged in a program with InvariantGlobalization.
/// </summary>
internal static class Folding
{
    private static readonly Dictionary<string, string> Table = Read();

    /// <summary>The folded text.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var (characters, _, _) in Pieces(text))
            folded.Append(characters);
        return folded.ToString();
    }

    /// <summary>The folded text piece by piece, with the characters of the text that each piece comes from.</summary>
    public static IEnumerable<(string Folded, int Start, int End)> Pieces(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start + LengthAt(text, start);
            while (end < text.Length && IsMark(text[end]))
                end++;
            var folded = end == start + 1 && char.IsAscii(text[start]) ? Ascii(text[start]) : Fold(text.AsSpan(start, end - start));
            if (folded.Length > 0)
                yield return (folded, start, end);
            start = end;
        }
    }

    private static int LengthAt(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    // The half-width marks of Japanese voiced sounds are characters of their own.
    private static bool IsMark(char character) =>
        character is '\uFF9E' or '\uFF9F' || char.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark;

    private static string Ascii(char character) => character switch
    {
        <= ' ' or '\x7F' or '*' or '`' => "",
        '_' or '~' => "-",
        _ => char.ToLowerInvariant(character).ToString(),
    };

    private static string Fold(ReadOnlySpan<char> piece)
    {
        var folded = new StringBuilder();
        foreach (var rune in piece.EnumerateRunes())
        {
            var next = Table.GetValueOrDefault(rune.ToString()) ?? (IsSeen(rune) ? Rune.ToLowerInvariant(rune).ToString() : "");
            // A mark and the character before it are one.
            if (folded.Length > 0 && Table.GetValueOrDefault($"{folded[^1]}{next}") is { } composed)
                folded.Remove(folded.Length - 1, 1).Append(composed);
            else
                folded.Append(next);
        }

        return folded.ToString();
    }

    private static bool IsSeen(Rune rune) => rune.Value
        is not ((>= 0x0300 and <= 0x036F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0xFFFD)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(Folding).Assembly.GetManifestResourceStream("folding.txt")
            ?? throw new InvalidOperationException("The Unicode table is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#') && line.Split(';') is [var from, var to])
                table[Characters(from)] = Characters(to);
        }

        return table;
    }

    private static string Characters(string codes) => string.Concat(codes.Split(' ').Select(
        code => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
}
