using System.Globalization;
using System.Text;

namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>Foreign text as harmless text: what is not seen, steers the direction or could hide is gone, and it has an end.</summary>
internal static class PlainText
{
    /// <summary>On one line, with single spaces, of at most so many UTF-16 units.</summary>
    public static string Line(string? text, int longest)
    {
        var plain = new StringBuilder(Math.Min(text?.Length ?? 0, longest) + 1);
        var space = false;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                space = plain.Length > 0;
                continue;
            }

            if (IsHidden(rune)) continue;
            if (plain.Length + rune.Utf16SequenceLength + (space ? 1 : 0) > longest) return plain.Append('…').ToString();
            if (space) plain.Append(' ');
            space = false;
            Add(plain, rune);
        }

        return plain.ToString();
    }

    // Marks that join a letter before them are composed where that is one character: fonts have those, and search finds them.
    private static void Add(StringBuilder plain, Rune rune)
    {
        if (rune.Value is 0x3099 or 0x309A && plain.Length > 0 && Voiced(plain[^1], rune.Value == 0x309A) is { } voiced) plain[^1] = voiced;
        else plain.Append(rune.ToString());
    }

    private static char? Voiced(char kana, bool half)
    {
        const string voiceable = "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ";
        if (kana is 'う' or 'ウ' && !half) return kana == 'う' ? 'ゔ' : 'ヴ';
        if (!voiceable.Contains(kana, StringComparison.Ordinal)) return null;
        if (half) return kana is 'は' or 'ひ' or 'ふ' or 'へ' or 'ほ' or 'ハ' or 'ヒ' or 'フ' or 'ヘ' or 'ホ' ? (char)(kana + 2) : null;
        return (char)(kana + 1);
    }

    // Marks of direction and joining, selectors and tags, and what Unicode has not given out.
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x034F;
}
