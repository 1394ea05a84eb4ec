using System.Globalization;
using System.Text;

namespace Qwen35Batch.Persistence.Searching;

/// <summary>
/// A text as the search sees it: words, and each character of a writing that sets no blanks between words. Upper and lower case, full and
/// half width are the same; what is neither letter nor digit separates.
/// </summary>
internal static class SearchText
{
    /// <summary>Longer words are found by their beginning.</summary>
    private const int LongestWord = 60;

    private const string HalfWidth = "ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ";
    private const string FullWidth = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    private const char HalfVoiced = 'ﾞ';
    private const char HalfPlosive = 'ﾟ';

    /// <summary>The units of a text, in order.</summary>
    public static IReadOnlyList<SearchUnit> Units(string text)
    {
        var units = new List<SearchUnit>();
        var word = new StringBuilder();
        var isJoined = false;
        foreach (var rune in Folded(text).EnumerateRunes())
        {
            var isPart = IsPart(rune);
            if (isPart && !IsUnspaced(rune))
            {
                word.Append(rune);
                continue;
            }

            isJoined = End(units, word, isJoined);
            if (isPart) units.Add(new(rune.ToString(), isJoined, IsCharacter: true));
            isJoined = isPart;
        }

        End(units, word, isJoined);
        return units;
    }

    /// <summary>Whether units stand in a text one behind the other.</summary>
    public static bool Contains(IReadOnlyList<SearchUnit> text, IReadOnlyList<SearchUnit> wanted)
    {
        for (var start = 0; start + wanted.Count <= text.Count; start++)
        {
            var length = 0;
            while (length < wanted.Count && IsAt(text[start + length], wanted[length], isFirst: length == 0)) length++;
            if (length == wanted.Count) return true;
        }

        return false;
    }

    private static bool IsAt(SearchUnit there, SearchUnit wanted, bool isFirst) =>
        there.Text == wanted.Text && (isFirst || there.IsJoined || !wanted.IsJoined);

    private static bool End(List<SearchUnit> units, StringBuilder word, bool isJoined)
    {
        if (word.Length == 0) return isJoined;
        units.Add(new(word.ToString(0, Math.Min(word.Length, LongestWord)), isJoined, IsCharacter: false));
        word.Clear();
        return true;
    }

    private static bool IsPart(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Han, kana and Hangul; with the marks that repeat or lengthen.
    private static bool IsUnspaced(Rune rune) => rune.Value is (>= 0x3005 and <= 0x3007) or (>= 0x3040 and <= 0x30FF)
        or (>= 0x3400 and <= 0x9FFF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF);

    private static string Folded(string text)
    {
        var folded = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at] is >= '！' and <= '～' ? (char)(text[at] - '！' + '!') : text[at];
            // The separators of thousands are not part of a number.
            if (character == ',' && at > 0 && char.IsDigit(text[at - 1]) && at + 1 < text.Length && char.IsDigit(text[at + 1])) continue;
            var narrow = character > 0xFF00 ? HalfWidth.IndexOf(character, StringComparison.Ordinal) : -1;
            if (narrow >= 0)
                folded.Append(FullWidth[narrow]);
            else if (character is HalfVoiced or HalfPlosive && folded.Length > 0)
                folded[^1] = Marked(folded[^1], character);
            else
                folded.Append(character);
        }

        return folded.ToString().ToLowerInvariant();
    }

    private static char Marked(char kana, char mark) => (kana, mark) switch
    {
        ('ウ', HalfVoiced) => 'ヴ',
        ( >= 'カ' and <= 'ト', HalfVoiced) or ( >= 'ハ' and <= 'ホ', HalfVoiced) => (char)(kana + 1),
        ( >= 'ハ' and <= 'ホ', _) => (char)(kana + 2),
        _ => kana,
    };
}
