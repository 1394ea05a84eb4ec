using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Words that are no words: keys, marks and identifiers, which could carry anything. One that a single host gives is withheld; versions,
/// sizes and the short names of things are none.
/// </summary>
internal static partial class Codes
{
    /// <summary>Stands where one was withheld.</summary>
    public const string Mark = "(…)";

    private const int LongestName = 6;
    private const int LongestCapitals = 6;

    /// <summary>The text without those that are not known, and how many they were.</summary>
    public static (string Text, int Count) Withhold(string text, Func<string, bool> isKnown)
    {
        var count = 0;
        var kept = Tokens().Replace(text, token =>
        {
            if (!IsCode(Mentions.Plain(token.Value)) || isKnown(token.Value)) return token.Value;
            count++;
            return Mark;
        });
        return (kept, count);
    }

    public static bool IsCode(string token)
    {
        if (token.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0) return token.Length > 12;
        if (token.Contains('_', StringComparison.Ordinal) && token.Any(c => char.IsDigit(c) || char.IsUpper(c))) return true;
        if (Numbered().Match(token) is { Success: true } numbered)
            return !IsYear(numbered.Groups[2].Value) && numbered.Groups[1].Length + numbered.Groups[2].Length > LongestName;
        return token.Split(['-', '.', '/', '_', '\'', '’'], StringSplitOptions.RemoveEmptyEntries).Any(IsCodePart);
    }

    private static bool IsCodePart(string part)
    {
        if (part.All(char.IsAsciiDigit)) return part.Length > 12;
        if (part.All(char.IsAsciiLetterUpper)) return part.Length >= LongestCapitals;
        if (!part.Any(char.IsAsciiDigit)) return Mixed(part) > 4;
        if (Sized().IsMatch(part)) return false;
        return part.Length > LongestName
            || Changes(part) > 2
            || (part.Length > 4 && Changes(part) == 2 && part.Any(char.IsAsciiLetterLower));
    }

    private static bool IsYear(string digits) => digits.Length == 4 && digits[..2] is "19" or "20";

    private static int Changes(string part) =>
        part.Zip(part.Skip(1)).Count(pair => char.IsAsciiDigit(pair.First) != char.IsAsciiDigit(pair.Second));

    // Capitals amid small letters: names such as DeepSeekMoE have a few, keys many.
    private static int Mixed(string part) =>
        part.Zip(part.Skip(1)).Count(pair => char.IsAsciiLetterLower(pair.First) && char.IsAsciiLetterUpper(pair.Second));

    [GeneratedRegex(@"[A-Za-z0-9_Ａ-Ｚａ-ｚ０-９＿]+(?:[-.'’/·–][A-Za-z0-9_Ａ-Ｚａ-ｚ０-９＿]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();

    // A word, a hyphen and three digits or more.
    [GeneratedRegex(@"^([A-Za-z]+)[-–.·](\d{3,})$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    // A word with up to two digits behind it, a number with a unit, sizes such as 8x7B, ordinals and hash names.
    [GeneratedRegex(
        @"^(?:[A-Z]?[a-z]{2,}\d{1,2}|\d+(?:x\d+)*[A-Za-z]{1,3}|\d+(?:st|nd|rd|th)|[vV]\d+|\d+[x×]\d+(?:[x×]\d+)*|(?:sha|SHA|md|MD|utf"
        + @"|UTF|int|fp|bf|INT|FP|BF|Float|float)\d{1,3})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Sized();
}
