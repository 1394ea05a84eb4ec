namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens of a vocabulary, merged where their characters are of the same classes. Immutable.</summary>
internal sealed class MergedTokens
{
    private readonly int[] _lastTo;
    private readonly ItemRanges _lastTokens;
    private readonly int[] _exitsTo;
    private readonly ItemRanges _exits;
    private readonly ItemRanges _wholeTokens;
    private readonly ItemRanges _begunTokens;

    /// <param name="texts">What the tokens write.</param>
    /// <param name="classes">The class of each character, negative for those that no text has; then of those that are begun.</param>
    /// <param name="wholeCount">The classes of whole characters are below.</param>
    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="exits">The nodes of that trie where a text has ended and tokens go on.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    public MergedTokens(
        CharacterTexts texts, ReadOnlySpan<int> classes, int wholeCount, TokenTrie trie, ExitNodes exits, int maskLength)
    {
        (MaskLength, ExitsMaskLength) = (maskLength, exits.MaskLength);
        Whole = new SymbolTrie(texts.Whole, classes, wholeCount);
        Begun = new SymbolTrie(texts.Begun, classes, wholeCount);
        Ended = new SymbolTrie(texts.Ended, classes, wholeCount);
        _wholeTokens = new ItemRanges(Whole.Items, Whole.ItemsTo, maskLength);
        _begunTokens = new ItemRanges(Begun.Items, Begun.ItemsTo, maskLength);
        (_lastTo, _exitsTo) = (new int[Ended.ItemsTo.Length], new int[Ended.ItemsTo.Length]);
        var (last, numbers, from) = (new List<int>(), new List<int>(), 0);
        for (var node = 0; node < _lastTo.Length; from = Ended.ItemsTo[node++])
        {
            foreach (var quote in Ended.Items.AsSpan(from..Ended.ItemsTo[node]))
            {
                last.AddRange(trie.TokensAt(quote));
                if (exits.NumberOf(quote) is var number and >= 0)
                    numbers.Add(number);
            }
            (_lastTo[node], _exitsTo[node]) = (last.Count, numbers.Count);
        }

        _lastTokens = new ItemRanges([.. last], _lastTo, maskLength);
        _exits = new ItemRanges([.. numbers], _exitsTo, exits.MaskLength);
    }

    /// <summary>The tokens that end with a whole character.</summary>
    public SymbolTrie Whole { get; }

    /// <summary>The tokens that end within a character.</summary>
    public SymbolTrie Begun { get; }

    /// <summary>What tokens write before a text ends in them.</summary>
    public SymbolTrie Ended { get; }

    /// <summary>The elements of the bits of tokens.</summary>
    public int MaskLength { get; }

    /// <summary>The elements of the bits of where texts end in tokens that go on.</summary>
    public int ExitsMaskLength { get; }

    public long Bytes => Whole.Bytes + Begun.Bytes + Ended.Bytes + _wholeTokens.Bytes + _begunTokens.Bytes + _lastTokens.Bytes
        + _exits.Bytes + ((_lastTo.Length + _exitsTo.Length) * (long)sizeof(int));

    /// <summary>Adds the tokens of nodes of <see cref="Whole"/> to bits that have none of them.</summary>
    public void AddWhole(List<(int From, int To)> nodes, Span<ulong> bits) => Add(nodes, _wholeTokens, Whole.ItemsTo, bits);

    /// <summary>Adds the tokens of nodes of <see cref="Begun"/> to bits that have none of them.</summary>
    public void AddBegun(List<(int From, int To)> nodes, Span<ulong> bits) => Add(nodes, _begunTokens, Begun.ItemsTo, bits);

    /// <summary>
    /// Adds the tokens that end a text at nodes of <see cref="Ended"/>, and the numbers of where it has ended in tokens that go on, to bits
    /// that have none of them.
    /// </summary>
    public void AddEnds(List<(int From, int To)> nodes, Span<ulong> tokens, Span<ulong> exits)
    {
        Add(nodes, _lastTokens, _lastTo, tokens);
        Add(nodes, _exits, _exitsTo, exits);
    }

    private static void Add(List<(int From, int To)> nodes, ItemRanges items, ReadOnlySpan<int> itemsTo, Span<ulong> bits)
    {
        foreach (var (from, to) in nodes)
            items.AddTo(bits, from == 0 ? 0 : itemsTo[from - 1], itemsTo[to - 1]);
    }
}
