using System.Globalization;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>The numbers, names and addresses of a text: what may not come from nowhere.</summary>
internal static partial class Mentions
{
    /// <summary>The first number, name or address of a text that none of its grounds has; null when all are there.</summary>
    public static string? Missing(string text, params IEnumerable<string> grounds)
    {
        var ground = Plain(string.Join('\n', grounds));
        var plain = Plain(text);
        if (Addresses().Match(plain) is { Success: true } address) return address.Value;
        var numbers = Numbers().Matches(ground).Select(match => Digits(match.Value)).ToHashSet(StringComparer.Ordinal);
        if (Numbers().Matches(plain).Select(match => match.Value).FirstOrDefault(number => !numbers.Contains(Digits(number))) is { } number)
            return number;
        return Names(plain).FirstOrDefault(name => !ground.Contains(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Words in Latin letters that are written as names. Where the text is not in Latin letters, every such word is one.
    /// </summary>
    private static IEnumerable<string> Names(string text)
    {
        var isLatin = text.Count(char.IsAsciiLetter) * 2 > text.Count(char.IsLetter);
        foreach (Match word in Words().Matches(text))
        {
            var isName = word.Value.Skip(1).Any(c => char.IsUpper(c) || char.IsDigit(c))
                || (char.IsUpper(word.Value[0]) && !BeginsSentence(text, word.Index));
            if (isName || !isLatin) yield return word.Value;
        }
    }

    private static bool BeginsSentence(string text, int index)
    {
        var before = text.AsSpan(0, index).TrimEnd();
        return before.Length == 0
            || text[index - 1] == '\n'
            || before[^1] is '.' or '!' or '?' or ':' or '。' or '！' or '？' or '"' or '“' or '「';
    }

    // Full width is how Japanese text writes the same letters; Normalize does nothing in a program with InvariantGlobalization.
    public static string Plain(string text) => string.Create(text.Length, text, (plain, source) =>
    {
        for (var index = 0; index < plain.Length; index++)
        {
            plain[index] = source[index] switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(source[index] - 0xFEE0),
                '\u3000' => ' ',
                var other => other,
            };
        }
    });

    private static string Digits(string number)
    {
        var digits = number.Replace(",", "", StringComparison.Ordinal);
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value.ToString("0.############", CultureInfo.InvariantCulture)
            : digits;
    }

    [GeneratedRegex(@"\d+(?:,\d{3})*(?:\.\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[A-Za-z\u00C0-\u024F][A-Za-z\u00C0-\u024F0-9_'-]*[A-Za-z\u00C0-\u024F0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"(?:https?|ftp)\s*:\s*//\S*|\bwww\.\S+|\S+@\S+\.\w+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Addresses();
}
