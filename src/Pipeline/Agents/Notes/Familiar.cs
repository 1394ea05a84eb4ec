using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// What a job knows of words: those of its question and its plan, and which hosts wrote which. A name or a code that only one host writes
/// may be that host's invention.
/// </summary>
internal sealed partial class Familiar
{
    private const int MostWords = 500_000;

    private readonly HashSet<string> _own = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Host, bool IsShared)> _heard = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _tainted = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="own">Text that no other wrote: the question, and what the model planned from it alone.</param>
    public Familiar(params IEnumerable<string> own)
    {
        foreach (var text in own) Trust(text);
    }

    public void Trust(string text)
    {
        foreach (var word in Of(text)) _own.Add(word);
    }

    /// <summary>Takes note of what a host wrote.</summary>
    public void Hear(string host, string text)
    {
        foreach (var word in Of(text))
        {
            if (!_heard.TryGetValue(word, out var before))
            {
                if (_heard.Count < MostWords) _heard.Add(word, (host, false));
            }
            else if (before.Host != host)
            {
                _heard[word] = (host, true);
            }
        }
    }

    /// <summary>Names and codes that stood in an order are not taken from elsewhere either.</summary>
    public void Taint(IEnumerable<string> words)
    {
        foreach (var word in words)
            if (!_own.Contains(word)) _tainted.Add(word);
    }

    public bool IsTainted(string word) => _tainted.Contains(word) && !IsKnown(word);

    /// <summary>Whether more than one host, or the question, has a word.</summary>
    public bool IsKnown(string word) => _own.Contains(word) || (_heard.TryGetValue(word, out var heard) && heard.IsShared);

    private static IEnumerable<string> Of(string text)
    {
        foreach (Match match in Words().Matches(text))
        {
            yield return match.Value;
            if (match.Value.AsSpan().IndexOfAny("-./'’") < 0) continue;
            foreach (var part in match.Value.Split(['-', '.', '/', '\'', '’'], StringSplitOptions.RemoveEmptyEntries)) yield return part;
        }
    }

    [GeneratedRegex(@"[A-Za-z0-9_\u00C0-\u024F]+(?:[-.'’/][A-Za-z0-9_\u00C0-\u024F]+)*|[ァ-ヿ]{2,}|[一-龥]{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
