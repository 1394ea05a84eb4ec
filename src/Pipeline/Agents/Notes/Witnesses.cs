using System.Net;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Who wrote which words in a job: the question, the plan and the task, and then hosts, each of them a witness. What one witness alone
/// writes may be made up.
/// </summary>
internal sealed partial class Witnesses
{
    private const int MostWords = 500_000;
    private const int MostText = 4_000_000;
    private const int LongestSecondLevel = 3;

    private readonly HashSet<string> _own = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _ownTexts = [];
    private readonly List<string> _subject = [];
    private readonly Dictionary<string, (string Owner, bool IsShared)> _heard = new(StringComparer.Ordinal);
    private readonly List<(string Owner, string Text)> _texts = [];
    private readonly HashSet<string> _tainted = new(StringComparer.OrdinalIgnoreCase);
    private int _length;

    /// <summary>What the job is about.</summary>
    public IReadOnlyList<string> Subject => _subject;

    /// <summary>Takes a text whose word is enough.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isSubject">Whether it says what the job is about.</param>
    public void Trust(string text, bool isSubject)
    {
        _ownTexts.Add(text);
        if (isSubject) _subject.Add(text);
        foreach (var word in Of(text)) _own.Add(word);
    }

    /// <summary>Takes note of what a host states.</summary>
    public void Hear(string host, string text)
    {
        var owner = Owner(host);
        foreach (var word in Of(text))
        {
            if (!_heard.TryGetValue(word, out var before))
            {
                if (_heard.Count < MostWords) _heard.Add(word, (owner, false));
            }
            else if (before.Owner != owner)
            {
                _heard[word] = (owner, true);
            }
        }

        if (_length + text.Length > MostText) return;
        _length += text.Length;
        _texts.Add((owner, text));
    }

    /// <summary>What stood in an order is not taken from elsewhere either, unless others vouch for it.</summary>
    public void Taint(string word) => _tainted.Add(word);

    public bool IsTainted(string word) => _tainted.Contains(word) && !Vouch(word);

    /// <summary>Whether the question, or two hosts that are not one owner's, have a word.</summary>
    public bool Vouch(string word) => _own.Contains(word) || (_heard.TryGetValue(word, out var heard) && heard.IsShared);

    /// <summary>The same for several words in a row.</summary>
    public bool VouchForAll(string words) =>
        _ownTexts.Exists(text => text.Contains(words, StringComparison.OrdinalIgnoreCase))
        || _texts.Where(heard => heard.Text.Contains(words, StringComparison.OrdinalIgnoreCase))
            .Select(heard => heard.Owner).Distinct().Skip(1).Any();

    /// <summary>Whether a word is in the question, or another host than this one writes it.</summary>
    public bool IsUsedElsewhere(string word, string host) =>
        _own.Contains(word) || (_heard.TryGetValue(word, out var heard) && (heard.IsShared || heard.Owner != Owner(host)));

    /// <summary>
    /// Who answers for a host: all below <c>example.org</c> are one, and all below <c>example.co.jp</c>; an address in numbers is one with
    /// its port.
    /// </summary>
    public static string Owner(string authority)
    {
        var at = authority.LastIndexOf(':');
        var host = at > 0 ? authority[..at] : authority;
        if (IPAddress.TryParse(host, out _)) return authority;
        var labels = host.ToLowerInvariant().Split('.');
        if (labels.Length <= 2) return labels.Length == 2 ? string.Join('.', labels) : authority;
        var isCountry = labels[^1].Length == 2 && labels[^2].Length <= LongestSecondLevel;
        return string.Join('.', labels[(isCountry ? ^3 : ^2)..]);
    }

    private static IEnumerable<string> Of(string text)
    {
        foreach (Match match in Words().Matches(Mentions.Plain(text)))
        {
            yield return match.Value;
            if (match.Value.AsSpan().IndexOfAny(RareWords.Joints) < 0) continue;
            foreach (var part in match.Value.Split(RareWords.Joints, StringSplitOptions.RemoveEmptyEntries)) yield return part;
        }
    }

    [GeneratedRegex(
        @"[\p{L}\p{M}\p{N}_-[ぁ-ヿ一-龥々]]+(?:[-.'’/·–][\p{L}\p{M}\p{N}_-[ぁ-ヿ一-龥々]]+)*|[ァ-ヿ]{2,}|[一-龥々]{2,}",
        RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
