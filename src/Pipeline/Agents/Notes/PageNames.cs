using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>The names of a page: which it is about, and which it drops once.</summary>
internal sealed partial class PageNames
{
    private static readonly FrozenSet<string> Common =
        """
        the a an this that these those it its he she they we our their his her in on at of for with without by from to as and but or nor if
        when while after before since because although though both most many some such other others another no not all each every any only
        one two three there here then thus hence however also more less than what which who where why how i you is are was were be been
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _own = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _small = new(StringComparer.Ordinal);

    /// <param name="title">The page's title.</param>
    /// <param name="sentences">Its statements, each with the number of its paragraph.</param>
    public PageNames(string title, IEnumerable<(int Block, string Text)> sentences)
    {
        foreach (Match word in Words().Matches(title)) _own.Add(word.Value);
        var first = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var (block, text) in sentences)
        {
            foreach (Match word in Words().Matches(text))
            {
                if (char.IsLower(word.Value[0])) _small.Add(word.Value);
                if (!first.TryAdd(word.Value, block) && first[word.Value] != block) _own.Add(word.Value);
            }
        }
    }

    /// <summary>Whether the page is about it: it is in the title, in two paragraphs, or a word that is written small as well.</summary>
    public bool IsOwn(string name) => _own.Contains(name) || _small.Contains(name.ToLowerInvariant());

    /// <summary>The names and codes of a sentence.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="withFirst">Whether its first word may be one.</param>
    public static IEnumerable<string> Names(string sentence, bool withFirst)
    {
        var isFirst = true;
        foreach (Match word in Words().Matches(sentence))
        {
            var value = word.Value;
            var isName = value[0] is >= 'ァ' and <= 'ヿ'
                ? value.Length >= 3
                : value.Length >= 3
                    && !Common.Contains(value)
                    && (char.IsUpper(value[0]) ? !isFirst || withFirst : value.Any(char.IsDigit) || value.Skip(1).Any(char.IsUpper));
            if (isName && !value.All(char.IsAsciiDigit)) yield return value;
            if (char.IsLetter(value[0])) isFirst = false;
        }
    }

    [GeneratedRegex(@"[A-Za-z0-9_\u00C0-\u024F]+(?:[-.'’/][A-Za-z0-9_\u00C0-\u024F]+)*|[ァ-ヿ]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
