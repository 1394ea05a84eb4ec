using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>A page's text layer, in the form in which it is sent.</summary>
internal static partial class PdfText
{
    // Above this share of characters that mean something only in the page's own fonts, the others are chance, too.
    private const double MostPrivate = 0.2;

    /// <summary>Cleans a text layer.</summary>
    /// <returns>The text, null when there is none, and what a reader must know.</returns>
    public static (string? Text, string? Note) Clean(string text, int limit, bool isCut)
    {
        var characters = text.Count(character => !char.IsWhiteSpace(character));
        var unreadable = text.Count(IsUnreadable);
        if (unreadable > characters * MostPrivate)
        {
            return (
                null, "The page's text layer has no meaning outside of its fonts and was left out; the page was read from its picture.");
        }

        if (unreadable > 0)
            text = string.Concat(text.Where(character => !IsUnreadable(character)));
        text = EmptyLines().Replace(Blanks().Replace(text, "\n").Trim('\n', ' '), "\n\n");
        if (text.Length > limit || isCut)
        {
            return (
                text[..Math.Min(limit, text.Length)],
                FormattableString.Invariant($"Only the first {limit} characters of the page's text layer were read."));
        }

        return (text.Length == 0 ? null : text, null);
    }

    /// <summary>Whether characters mean the same outside of the fonts that they are set in.</summary>
    public static bool HasMeaning(IEnumerable<char> characters)
    {
        var (all, unreadable) = (0, 0);
        foreach (var character in characters)
        {
            all++;
            unreadable += IsUnreadable(character) ? 1 : 0;
        }

        return unreadable <= all * MostPrivate;
    }

    // Of private use, replaced, or a control character: a font without a table of what its glyphs mean.
    private static bool IsUnreadable(char character) =>
        character is (>= '\uE000' and <= '\uF8FF')
            or '\uFFFD'
            or (< ' ' and not ('\n' or '\t' or '\f' or '\r'))
            or (>= '\u007F' and <= '\u009F');

    [GeneratedRegex(@"[ \t]+\n")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex EmptyLines();
}
