using System.Text;
using Qwen35Batch.Pipeline.Grounding.Reading;

namespace Qwen35Batch.Pipeline.Grounding;

/// <summary>
/// Words in one order, folded: with a blank between words and a line feed between lines for what is read by its form (numbers, dates), and
/// without either for what is compared character by character.
/// </summary>
internal sealed class FoldedText
{
    // Of a word and the characters of it that a folded one comes from; a separator comes from none.
    private readonly List<(int Word, int Start, int End)> _sources = [];
    private readonly List<int> _places = [];

    private FoldedText(StringBuilder text)
    {
        Text = text.ToString();
    }

    /// <summary>With separators.</summary>
    public string Text { get; }

    /// <summary>Without.</summary>
    public string Compact { get; private init; } = "";

    /// <summary>Folds words.</summary>
    /// <param name="words">The texts of all words, and their lines.</param>
    /// <param name="order">The words in the order in which they are read.</param>
    public static FoldedText Of(IReadOnlyList<SourceWord> words, IReadOnlyList<int> order)
    {
        var text = new StringBuilder();
        var compact = new StringBuilder();
        var sources = new List<(int, int, int)>();
        var places = new List<int>();
        for (var at = 0; at < order.Count; at++)
        {
            var word = words[order[at]];
            if (at > 0)
            {
                text.Append(words[order[at - 1]].Line == word.Line ? ' ' : '\n');
                sources.Add((-1, 0, 0));
            }

            foreach (var (folded, start, end) in Folding.Pieces(word.Text))
            {
                foreach (var character in folded)
                {
                    places.Add(text.Length);
                    text.Append(character);
                    compact.Append(character);
                    sources.Add((order[at], start, end));
                }
            }
        }

        var result = new FoldedText(text) { Compact = compact.ToString() };
        result._sources.AddRange(sources);
        result._places.AddRange(places);
        return result;
    }

    /// <summary>Where a place of <see cref="Compact"/> is in <see cref="Text"/>.</summary>
    public int PlaceOf(int compact) => _places[compact];

    /// <summary>Whether nothing separates a character of <see cref="Compact"/> from the one before it.</summary>
    public bool IsJoined(int compact) => compact > 0 && compact < _places.Count && _places[compact] == _places[compact - 1] + 1;

    /// <summary>The words, and the parts of them, that a stretch of <see cref="Text"/> comes from.</summary>
    public IReadOnlyList<WordSlice> Slices(int start, int end)
    {
        var slices = new List<WordSlice>();
        for (var at = start; at < end; at++)
        {
            var (word, from, to) = _sources[at];
            if (word < 0)
                continue;
            if (slices.Count > 0 && slices[^1].Word == word)
                slices[^1] = slices[^1] with { End = Math.Max(slices[^1].End, to) };
            else
                slices.Add(new(word, from, to));
        }

        return slices;
    }
}

/// <summary>A word that is looked in.</summary>
/// <param name="Text">As it stands there.</param>
/// <param name="Line">Words with the same number stand on one line.</param>
internal sealed record SourceWord(string Text, int Line);

/// <summary>A part of a word.</summary>
/// <param name="Word">Its index.</param>
/// <param name="Start">The first character.</param>
/// <param name="End">The character behind the last one.</param>
internal readonly record struct WordSlice(int Word, int Start, int End);
