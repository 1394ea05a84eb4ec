using System.Buffers;
using System.Text.RegularExpressions;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>A page's text layer, in the form in which it is sent.</summary>
internal static partial class PdfText
{
    // Above this share of characters that mean something only in the page's own fonts, the others are chance, too.
    private const double MostPrivate = 0.2;

    // The glyphs of punctuation in vertical writing, and the characters that they are.
    private const string Vertical = "︐︑︒︓︔︕︖︗︘︙︰︱︲︳︴︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈";
    private const string Upright = "，、。：；！？〖〗…‥—–＿﹏（）｛｝〔〕【】《》〈〉「」『』［］";
    private static readonly SearchValues<char> VerticalForms = SearchValues.Create(Vertical);

    /// <summary>Cleans a text layer.</summary>
    /// <returns>The text, null when there is none, and what a reader must know.</returns>
    public static (string? Text, ReadingNote? Note) Clean(string text, int limit, bool isCut)
    {
        var characters = text.Count(character => !char.IsWhiteSpace(character));
        var unreadable = text.Count(IsUnreadable);
        if (unreadable > characters * MostPrivate)
        {
            return (
                null,
                ReadingNote.Information(
                    "The page's text layer has no meaning outside of its fonts and was left out; the page was read from its picture."));
        }

        if (unreadable > 0)
            text = string.Concat(text.Where(character => !IsUnreadable(character)));
        if (text.AsSpan().ContainsAny(VerticalForms))
            text = string.Concat(text.Select(Written));
        text = EmptyLines().Replace(Blanks().Replace(text, "\n").Trim('\n', ' '), "\n\n");
        if (text.Length > limit || isCut)
        {
            return (
                text[..Math.Min(limit, text.Length)],
                ReadingNote.Gap(FormattableString.Invariant($"Only the first {limit} characters of the page's text layer were read.")));
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

    private static char Written(char character) =>
        Vertical.IndexOf(character, StringComparison.Ordinal) is >= 0 and var place ? Upright[place] : character;

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
