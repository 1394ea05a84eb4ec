using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Inference.Tokenization.BytePairs;

/// <summary>
/// Cuts text into words with the tokenizer's own regular expression. .NET matches UTF-16 units, and knows half of a supplementary
/// character only as a surrogate, so that a rare kanji would not count as a letter: such characters are replaced by one unit of the
/// same category before matching.
/// </summary>
internal sealed class WordSplitter(string pattern)
{
    private static readonly Dictionary<UnicodeCategory, char> StandIns = CreateStandIns();

    private readonly Regex _regex = new(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant);

    /// <summary>Returns the words in order; what no match covers is a word too, so that nothing is lost.</summary>
    public List<Range> Split(string text)
    {
        var words = new List<Range>(text.Length / 4 + 1);
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            Split(text, words, null);
            return words;
        }

        var units = new StringBuilder(text.Length);
        var origins = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length;)
        {
            origins.Add(i);
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                units.Append(rune.IsBmp ? text[i] : StandIns[Rune.GetUnicodeCategory(rune)]);
                i += rune.Utf16SequenceLength;
            }
            else
            {
                units.Append('\uFFFD');
                i++;
            }
        }

        origins.Add(text.Length);
        Split(units.ToString(), words, origins);
        return words;
    }

    private void Split(string text, List<Range> words, List<int>? origins)
    {
        var end = 0;
        foreach (var match in _regex.EnumerateMatches(text))
        {
            Add(end, match.Index);
            Add(match.Index, match.Index + match.Length);
            end = match.Index + match.Length;
        }

        Add(end, text.Length);

        void Add(int from, int to)
        {
            if (to > from)
                words.Add(origins is null ? from..to : origins[from]..origins[to]);
        }
    }

    private static Dictionary<UnicodeCategory, char> CreateStandIns()
    {
        var standIns = new Dictionary<UnicodeCategory, char>();
        for (var unit = 0x80; unit < 0x10000; unit++)
            standIns.TryAdd(CharUnicodeInfo.GetUnicodeCategory((char)unit), (char)unit);
        return standIns;
    }
}
