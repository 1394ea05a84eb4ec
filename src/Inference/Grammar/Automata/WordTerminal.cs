namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>One of some fixed texts, as a trie.</summary>
internal sealed class WordTerminal : TableTerminal
{
    private readonly int[] _wordsFrom;
    private readonly int[] _wordsTo;
    private readonly int[] _offsets;

    private WordTerminal(
        IReadOnlyList<(byte[] Text, int Label)> words,
        IReadOnlyList<SortedDictionary<byte, int>> edges,
        IReadOnlyList<int> exits,
        List<(int From, int To, int Offset)> states,
        bool isPunctuation)
        : base(edges, exits)
    {
        IsPunctuation = isPunctuation;
        Words = words;
        _wordsFrom = [.. states.Select(state => state.From)];
        _wordsTo = [.. states.Select(state => state.To)];
        _offsets = [.. states.Select(state => state.Offset)];
    }

    public override bool IsPunctuation { get; }

    /// <summary>The texts in the order of their bytes, and the labels that they end under.</summary>
    public IReadOnlyList<(byte[] Text, int Label)> Words { get; }

    /// <summary>The words that begin with what has been read in this state.</summary>
    public Range WordsAt(long state) => _wordsFrom[state].._wordsTo[state];

    /// <summary>How many bytes have been read in this state.</summary>
    public int OffsetAt(long state) => _offsets[state];

    public static WordTerminal Create(IEnumerable<(byte[] Text, int Label)> texts, bool isPunctuation = false)
    {
        var words = texts.ToArray();
        Array.Sort(words, static (left, right) => left.Text.AsSpan().SequenceCompareTo(right.Text));

        var edges = new List<SortedDictionary<byte, int>> { new() };
        var exits = new List<int>();
        var states = new List<(int From, int To, int Offset)> { (0, words.Length, 0) };
        for (var state = 0; state < states.Count; state++)
        {
            var (from, to, offset) = states[state];
            exits.Add(words[from].Text.Length == offset ? words[from].Label : None);
            for (var word = exits[state] == None ? from : from + 1; word < to;)
            {
                var next = words[word].Text[offset];
                var first = word;
                while (word < to && words[word].Text[offset] == next)
                    word++;
                edges[state].Add(next, states.Count);
                edges.Add([]);
                states.Add((first, word, offset + 1));
            }
        }
        return new WordTerminal(words, edges, exits, states, isPunctuation);
    }
}
