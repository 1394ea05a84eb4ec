using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Whether a text says it in the words of its grounds, as far as they are of one script; a translation cannot be held to words, only to
/// numbers, names, and what it puts in quotation marks.
/// </summary>
internal static partial class Wording
{
    /// <summary>The share of its words that a claim takes from its quote.</summary>
    public const double Claim = 0.5;

    /// <summary>The share of its words that a paragraph takes from its notes.</summary>
    public const double Paragraph = 0.3;

    private const int StemLength = 4;

    public static bool Carries(string text, double share, params IEnumerable<string> grounds)
    {
        var ground = string.Join('\n', grounds);
        return Literals().Matches(text).Select(literal => literal.Groups[1].Value).All(literal => IsSaid(literal, ground))
            && IsCarried(Latin(text), Latin(ground), share)
            && IsCarried(Ideographs(text), Ideographs(ground), share);
    }

    // What is quoted in another script than its ground has is translated.
    private static bool IsSaid(string literal, string ground) =>
        ground.Contains(literal, StringComparison.OrdinalIgnoreCase) || (Runs().IsMatch(literal) && !Runs().IsMatch(ground));

    // With nothing of its script to hold it to, it is a translation.
    private static bool IsCarried(HashSet<string> words, HashSet<string> ground, double share) =>
        words.Count == 0 || ground.Count == 0 || words.Count(ground.Contains) >= words.Count * share;

    private static HashSet<string> Latin(string text) =>
    [
        .. LatinWords().Matches(text).Select(word => word.Value.ToLowerInvariant())
            .Select(word => word.Length > StemLength ? word[..StemLength] : word)
    ];

    // Pairs of ideographs or kana of foreign words carry the meaning; endings do not.
    private static HashSet<string> Ideographs(string text) =>
    [
        .. Runs().Matches(text).SelectMany(run => Enumerable.Range(0, run.Length - 1).Select(at => run.Value.Substring(at, 2)))
    ];

    [GeneratedRegex(@"[A-Za-z\u00C0-\u024F]{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex LatinWords();

    [GeneratedRegex(@"[一-龥々]{2,}|[ァ-ヿ]{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Runs();

    [GeneratedRegex(@"[「『“""]([^「」『』“”""\n]{2,200})[」』”""]", RegexOptions.CultureInvariant)]
    private static partial Regex Literals();
}
