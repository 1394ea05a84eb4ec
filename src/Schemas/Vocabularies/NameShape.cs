using System.Text;

namespace Qwen35Batch.Schemas.Vocabularies;

/// <summary>
/// What is left of a name without upper case, widths, spaces and marks between words. The tables of Unicode's own foldings are not in an
/// installation without ICU; these are the widths that Japanese names come in.
/// </summary>
internal static class NameShape
{
    private const string HalfWidth = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    private const string Voiced = "カキクケコサシスセソタチツテトハヒフヘホかきくけこさしすせそたちつてとはひふへほ";
    private const string HalfVoiced = "ハヒフヘホはひふへほ";

    public static string Of(string text)
    {
        var shape = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var wide = character switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(character - 0xFEE0),
                >= '\uFF66' and <= '\uFF9D' => HalfWidth[character - 0xFF66],
                _ => character,
            };
            if (wide is '\uFF9E' or '\u3099' && shape.Length > 0 && Voiced.Contains(shape[^1], StringComparison.Ordinal))
                shape[^1]++;
            else if (wide is '\uFF9F' or '\u309A' && shape.Length > 0 && HalfVoiced.Contains(shape[^1], StringComparison.Ordinal))
                shape[^1] += (char)2;
            else if (char.IsLetterOrDigit(wide) || char.IsSurrogate(wide))
                shape.Append(char.ToLowerInvariant(wide));
        }
        return shape.ToString();
    }
}
