using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>What a job is about: the words of its question and plan, and of the title of what is read.</summary>
internal sealed partial class Subject
{
    private const int StemLength = 5;

    private readonly HashSet<string> _words;
    private readonly bool _hasLatin;
    private readonly bool _hasJapanese;

    /// <param name="asked">Question and plan.</param>
    /// <param name="title">The title of what is read; null when it has none.</param>
    public Subject(IEnumerable<string> asked, string? title)
    {
        _words = [.. asked.SelectMany(Words)];
        _hasLatin = _words.Any(word => char.IsAsciiLetter(word[0]));
        _hasJapanese = _words.Any(word => !char.IsAsciiLetter(word[0]));
        if (title is not null) _words.UnionWith(Words(title));
    }

    /// <summary>
    /// Whether a text has a word of it. What is in another script than the question cannot be told, and counts as about it.
    /// </summary>
    public bool IsIn(string text)
    {
        var words = Words(text).ToList();
        if (words.Count == 0 || words.Exists(_words.Contains)) return true;
        return char.IsAsciiLetter(words[0][0]) ? !_hasLatin : !_hasJapanese;
    }

    private static IEnumerable<string> Words(string text) =>
        LatinWords().Matches(text).Select(word => word.Value.ToLowerInvariant())
            .Where(word => !Vocabulary.Joining.Contains(word))
            .Select(word => word.Length > StemLength ? word[..StemLength] : word)
            .Concat(Runs().Matches(text).SelectMany(run =>
                Enumerable.Range(0, run.Length - 1).Select(at => run.Value.Substring(at, 2))));

    [GeneratedRegex(@"[A-Za-z\u00C0-\u024F]{4,}", RegexOptions.CultureInvariant)]
    private static partial Regex LatinWords();

    [GeneratedRegex("[一-龥々]{2,}|[ァ-ヿ]{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Runs();
}
