using System.Globalization;
using System.Text;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Classes of characters that hardly any pattern tells apart within: each of ASCII alone, what is beyond by what it is.
/// </summary>
internal static class CommonClasses
{
    private const int LineEnds = 0x80;
    private const int Spaces = 0x81;
    private const int Letters = 0x82;
    private const int Numbers = 0x83;
    private const int Others = 0x84;

    /// <summary>All classes are below.</summary>
    public const int Count = 0x85;

    public static int Of(int codePoint) => codePoint switch
    {
        < 0x80 => codePoint,
        0x2028 or 0x2029 => LineEnds,
        0xFEFF => Spaces,
        _ => OfCategory(Rune.IsValid(codePoint) ? Rune.GetUnicodeCategory(new Rune(codePoint)) : UnicodeCategory.OtherNotAssigned),
    };

    private static int OfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.SpaceSeparator => Spaces,
        <= UnicodeCategory.OtherLetter => Letters,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Numbers,
        _ => Others,
    };
}
