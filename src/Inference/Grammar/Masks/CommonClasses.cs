using System.Globalization;
using System.Text;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Classes of characters that hardly any pattern tells apart within: each of ASCII alone, what is beyond by what it is. A class's last six
/// bits are shared by few others (<see cref="SymbolTrie.Below"/>).
/// </summary>
internal static class CommonClasses
{
    private const int LowBits = 6;

    /// <summary>All classes are below.</summary>
    public const int Count = (0x80 + 1) << LowBits;

    public static int Of(int codePoint) => codePoint < 0x80
        ? (codePoint << LowBits) | OfAscii(codePoint)
        : (0x80 << LowBits) | OfOthers(codePoint);

    private static int OfAscii(int character) => character switch
    {
        >= 'a' and <= 'z' => character - 'a',
        >= 'A' and <= 'Z' => 26 + ((character - 'A') / 2),
        '0' => 39,
        > '0' and <= '9' => 40,
        < ' ' => 41,
        _ => 42 + (character % 17),
    };

    private static int OfOthers(int codePoint)
    {
        if (codePoint is 0x2028 or 0x2029)
            return 59;
        var category = Rune.IsValid(codePoint) ? Rune.GetUnicodeCategory(new Rune(codePoint)) : UnicodeCategory.OtherNotAssigned;
        return category switch
        {
            UnicodeCategory.SpaceSeparator => 60,
            <= UnicodeCategory.OtherLetter => 61,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => 62,
            _ => codePoint == 0xFEFF ? 60 : 63,
        };
    }
}
