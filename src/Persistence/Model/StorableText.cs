using System.Text;

namespace Qwen35Batch.Persistence.Model;

/// <summary>
/// PostgreSQL stores neither the character U+0000 nor half a surrogate pair, in text or in JSON; a model or a damaged file can produce
/// both. They become U+FFFD on both databases, so that one bad character never loses an insight.
/// </summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';

    public static string Storable(this string text)
    {
        if (IsStorable(text))
            return text;

        var storable = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                storable.Append(text[i]).Append(text[++i]);
            else
                storable.Append(text[i] is '\0' || char.IsSurrogate(text[i]) ? Replacement : text[i]);
        }
        return storable.ToString();
    }

    /// <summary>Storable, and cut to a column's length.</summary>
    public static string Storable(this string text, int length)
    {
        var storable = text.Storable();
        return storable.Length <= length ? storable : string.Concat(storable.AsSpan(0, length - 1), "…").Storable();
    }

    /// <summary>The same for JSON text, where such characters hide in escapes.</summary>
    public static string StorableJson(string json)
    {
        var storable = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                storable.Append(json[i]);
            }
            else if (Escaped(json, i) is not { } first)
            {
                storable.Append(json[i]).Append(json[++i]);
            }
            else if (Escaped(json, i + 6) is { } second && char.IsSurrogatePair(first, second))
            {
                storable.Append(json, i, 12);
                i += 11;
            }
            else
            {
                if (first is '\0' || char.IsSurrogate(first))
                    storable.Append(Replacement);
                else
                    storable.Append(json, i, 6);
                i += 5;
            }
        }
        return storable.ToString().Storable();
    }

    private static bool IsStorable(string text) => !text.AsSpan().Contains('\0') && !text.Any(char.IsSurrogate);

    // The character of a \uXXXX that begins at a position.
    private static char? Escaped(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' ? (char)Convert.ToUInt16(json.Substring(at + 2, 4), 16) : null;
}
