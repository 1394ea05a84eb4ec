using System.Text;

namespace Qwen35Batch.Pipeline.Agents.Reports.Pdf;

/// <summary>
/// Where a line may end: between words, and between any two East Asian characters but those that the Japanese rules keep apart from the
/// start or end of a line (JIS X 4051).
/// </summary>
internal static class LineBreaking
{
    private const string NotFirst =
        "、。，．・：；？！゛゜ヽヾゝゞ々〻ー’”）〕］｝〉》」』】｠〙〗〟°′″℃¢％‰‐゠–〜～、。"
        + "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ)]}>,.;:!?%…‥";

    private const string NotLast = "‘“（〔［｛〈《「『【｟〘〖〝£¥＄＃([{<$#";
    private const string Inseparable = "—―…‥";
    private const string AfterInAddresses = "/?&=-_.";

    /// <summary>The parts of a text between which a line may end; a space is a part of its own.</summary>
    public static IEnumerable<string> Parts(string text)
    {
        var part = new StringBuilder();
        Rune? before = null;
        foreach (var rune in text.EnumerateRunes())
        {
            if (before is { } previous && MayBreak(previous, rune, part))
            {
                yield return part.ToString();
                part.Clear();
            }

            part.Append(rune.ToString());
            before = rune;
        }

        if (part.Length > 0) yield return part.ToString();
    }

    private static bool MayBreak(Rune before, Rune after, StringBuilder part)
    {
        if (before.Value == ' ' || after.Value == ' ') return true;
        if (Is(NotFirst, after) || Is(NotLast, before) || (Is(Inseparable, before) && before == after)) return false;
        if (IsEastAsian(before) || IsEastAsian(after)) return true;
        return Is(AfterInAddresses, before) && part.Length > 12 && part.ToString().Contains('/', StringComparison.Ordinal);
    }

    private static bool Is(string characters, Rune rune) => rune.IsBmp && characters.Contains((char)rune.Value, StringComparison.Ordinal);

    private static bool IsEastAsian(Rune rune) => rune.Value is (>= 0x2E80 and <= 0x9FFF) or (>= 0xAC00 and <= 0xD7AF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFFEF) or (>= 0x20000 and <= 0x3FFFF);
}
