using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Finds in a sentence what somebody may have made up, since it is no ordinary word: names, codes, and what stands in quotation marks.
/// Numbers with their units, versions and sizes are none.
/// </summary>
internal static partial class RareWords
{
    /// <summary>What joins the parts of a word.</summary>
    public static readonly char[] Joints = ['-', '.', '/', '\'', '’', '·', '–'];

    private const int MostDigits = 12;
    private const int ShortestKana = 3;
    private const int MostStrange = 2;

    /// <summary>A place in a sentence.</summary>
    /// <param name="At">Where it begins.</param>
    /// <param name="Text">What stands there.</param>
    /// <param name="IsPhrase">Whether it is several words that are one.</param>
    internal readonly record struct Place(int At, string Text, bool IsPhrase);

    /// <param name="sentence">The sentence.</param>
    /// <param name="isUsed">Whether a small word is used where it is no name.</param>
    /// <param name="withSmall">Whether small words that are no ordinary ones are found too.</param>
    public static IEnumerable<Place> In(string sentence, Func<string, bool> isUsed, bool withSmall = false)
    {
        var plain = Mentions.Plain(sentence);
        foreach (Match literal in Literals().Matches(plain)) yield return Found(sentence, literal.Groups[1], isPhrase: true);
        foreach (Match run in Kana().Matches(plain))
            if (run.Length >= ShortestKana && !Vocabulary.IsLoan(run.Value)) yield return Found(sentence, run, isPhrase: true);
        foreach (Match named in KanjiNames().Matches(plain))
            if (!KanjiWords().IsMatch(named.Value)) yield return Found(sentence, named, isPhrase: true);
        foreach (Match coined in CoinedNames().Matches(plain)) yield return Found(sentence, coined, isPhrase: true);
        foreach (Match run in Kanji().Matches(plain))
            if (Vocabulary.Strange(run.Value) >= MostStrange) yield return Found(sentence, run, isPhrase: true);
        Match? before = null;
        foreach (Match word in Words().Matches(plain))
        {
            var isFirst = Begins(plain, word.Index);
            if (IsRare(word.Value, isFirst, isUsed, withSmall))
            {
                // The first word of a name that begins a sentence.
                if (before is not null && IsLed(plain, before, word)) yield return Found(sentence, before);
                yield return Found(sentence, word);
            }

            before = word;
        }
    }

    /// <summary>Whether it is a key, a mark or an identifier, which no sentence needs.</summary>
    public static bool IsRare(string word, bool isFirst, Func<string, bool> isUsed, bool withSmall)
    {
        if (Vocabulary.IsProper(word) || Date().IsMatch(word)) return false;
        if (word.Contains('_', StringComparison.Ordinal)) return true;
        var parts = Parts(word);
        if (parts.Length > 1 && IsCode(word, parts)) return true;
        for (var index = 0; index < parts.Length; index++)
            if (IsRarePart(parts[index], isFirst && index == 0, isUsed, withSmall)) return true;
        return false;
    }

    /// <summary>What of a word must be vouched for; the word itself when its parts are ordinary.</summary>
    public static IEnumerable<string> Doubted(string word, Func<string, bool> isUsed, bool withSmall)
    {
        var parts = Parts(word);
        return parts.Length == 1 || IsCode(word, parts)
            ? [word]
            : parts.Where((part, index) => IsRarePart(part, index == 0, isUsed, withSmall) || char.IsUpper(part[0]));
    }

    private static Place Found(string sentence, Capture match, bool isPhrase = false) =>
        new(match.Index, sentence.Substring(match.Index, match.Length), isPhrase);

    private static string[] Parts(string word) => word.Split(Joints, StringSplitOptions.RemoveEmptyEntries);

    // Ordinary words in a row, or one with a number behind it, can be a pass phrase.
    private static bool IsCode(string word, string[] parts) =>
        (Numbered().Match(word) is { Success: true } numbered && !Year().IsMatch(numbered.Groups[1].Value))
        || (word.Contains('-', StringComparison.Ordinal)
            && parts.Length >= 3
            && parts.All(part => part.Length > 2 && part.All(char.IsLetter) && !Vocabulary.Joining.Contains(part)));

    private static bool IsRarePart(string part, bool isFirst, Func<string, bool> isUsed, bool withSmall)
    {
        if (part.Length == 1) return false;
        var digits = part.Count(char.IsDigit);
        if (digits == part.Length) return digits > MostDigits;
        if (digits > 0) return !Sized().IsMatch(part) && !(Counted().Match(part) is { Success: true } word && IsOrdinaryWord(word));
        if (!char.IsUpper(part[0])) return part.Any(char.IsUpper) || (withSmall && !IsSmall(part, isUsed));
        if (Vocabulary.IsProper(part)) return false;
        return !isFirst || part.Skip(1).Any(char.IsUpper) || !IsSmall(part, isUsed);
    }

    private static bool IsOrdinaryWord(Match word) => Vocabulary.IsOrdinary(word.Groups[1].Value);

    private static bool IsSmall(string part, Func<string, bool> isUsed) =>
        Vocabulary.IsOrdinary(part) || isUsed(part.ToLowerInvariant());

    private static bool IsLed(string text, Match before, Match word) =>
        Begins(text, before.Index)
        && char.IsUpper(before.Value[0])
        && char.IsUpper(word.Value[0])
        && !Vocabulary.Joining.Contains(before.Value)
        && text.AsSpan(before.Index + before.Length, word.Index - before.Index - before.Length) is " ";

    // The first word of a sentence, a cell, a heading, an item or what follows a colon.
    private static bool Begins(string text, int index)
    {
        var before = text.AsSpan(0, index).TrimEnd(" \t*_([“\"'");
        return before.Length == 0
            || before[^1] is '\n' or '|' or ':' or '#' or '>' or '-' or '.' or '!' or '?' or '。'
            || before.TrimEnd("0123456789.)").Trim().Length == 0;
    }

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}_-[ぁ-ヿ一-龥々]]+(?:[-.'’/·–][\p{L}\p{M}\p{N}_-[ぁ-ヿ一-龥々]]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"[ァ-ヺー]+(?:・[ァ-ヺー]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Kana();

    // Compounds: a word by itself has two or three.
    [GeneratedRegex("[一-龥々]{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex Kanji();

    // Who or what is named by its kind.
    [GeneratedRegex("[一-龥々]{2,8}?(?:商会|商店|工房|工業|製薬|製作所|研究所|堂|社|氏|博士|教授)(?![一-龥々])", RegexOptions.CultureInvariant)]
    private static partial Regex KanjiNames();

    // What is named by its kind after a verb's stem, as those are who coin a name: a certificate, an index, a method, a ship.
    [GeneratedRegex(
        "[一-龥々]+[りみきぎちびえけげせべめれ][一-龥々]*?(?:認証|認定|機構|協会|財団|連盟|賞|指数|宣言|憲章|農法|製法|療法|仮説|理論|号|丸)"
        + "(?![一-龥々])",
        RegexOptions.CultureInvariant)]
    private static partial Regex CoinedNames();

    [GeneratedRegex(
        "^(?:.?[同会当各他両公神本支自弊貴]|新聞|出版|通信|子会|親会|株式会|有限会|合同会|民間|大手|数|複数|研究|国立|県立|市立|.*食|.*講|.*本|.*礼拝|.*聖)"
        + "(?:研究所|堂|社|氏|博士|教授)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex KanjiWords();

    [GeneratedRegex(@"[「『“""]([^「」『』“”""\n]{2,80})[」』”""]", RegexOptions.CultureInvariant)]
    private static partial Regex Literals();

    // A word, a joint and three digits or more.
    [GeneratedRegex(@"^\p{L}{2,}(?:[-–·/]\p{L}{2,})*[-–.·/](\d{2,})$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(?:1[5-9]|20|21)\d\d$", RegexOptions.CultureInvariant)]
    private static partial Regex Year();

    [GeneratedRegex(@"^\d{1,4}[-./]\d{1,2}(?:[-./]\d{1,4})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Date();

    // A small word with up to two digits behind it.
    [GeneratedRegex(@"^\p{Ll}*?(\p{Ll}{2,})\d{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex Counted();

    // A number with a unit, sizes such as 8x7B, ordinals and the names of formats.
    [GeneratedRegex(
        @"^(?:\d+(?:[x×]\d+)*(?:[A-Za-zµμΩ°]{1,2}|[kMGT]Hz|[kMGT]Wh|mAh|[kMGT]bps|bits?|fps|rpm|pp[mb]|[nmck]m[23²³]?|min|hrs?|sec|days?)?"
        + @"|\d+(?:st|nd|rd|th)|[vV]\d+|(?:sha|SHA|md|MD|utf|UTF|int|fp|bf|INT|FP|BF|Float|float|bfloat)\d{1,3}|[A-Z]\d{1,2})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Sized();
}
