using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens of a vocabulary by the symbols of an alphabet, for all patterns that have it. Immutable.</summary>
internal sealed class AlphabetTokens
{
    private readonly CharacterSymbols _symbols;
    private readonly SymbolTrie _whole;
    private readonly SymbolTrie _begun;
    private readonly SymbolTrie _ended;
    private readonly ItemRanges _wholeTokens;
    private readonly ItemRanges _begunTokens;
    private readonly int[] _lastTo;
    private readonly ItemRanges _lastTokens;
    private readonly int[] _exitsTo;
    private readonly ItemRanges _exits;

    /// <param name="texts">What the tokens write.</param>
    /// <param name="alphabet">The symbols.</param>
    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="exits">The nodes of that trie where a text has ended and tokens go on.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    public AlphabetTokens(CharacterTexts texts, PatternAlphabet alphabet, TokenTrie trie, ExitNodes exits, int maskLength)
    {
        _symbols = texts.SymbolsOf(alphabet);
        _whole = new SymbolTrie(texts.Whole, _symbols);
        _begun = new SymbolTrie(texts.Begun, _symbols);
        _ended = new SymbolTrie(texts.Ended, _symbols);
        _wholeTokens = new ItemRanges(_whole.Items, _whole.ItemsTo, maskLength);
        _begunTokens = new ItemRanges(_begun.Items, _begun.ItemsTo, maskLength);
        (_lastTo, _exitsTo) = (new int[_ended.ItemsTo.Length], new int[_ended.ItemsTo.Length]);
        var (last, numbers, from) = (new List<int>(), new List<int>(), 0);
        for (var node = 0; node < _lastTo.Length; from = _ended.ItemsTo[node++])
        {
            foreach (var quote in _ended.Items.AsSpan(from.._ended.ItemsTo[node]))
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

    /// <summary>The most characters of a token.</summary>
    public int Depth => Math.Max(_whole.Depth, _begun.Depth);

    /// <summary>The most characters of a token before the end of a text.</summary>
    public int EndDepth => _ended.Depth;

    /// <summary>The most bytes that are missing where a token ends within a character.</summary>
    public int MostMissing => _symbols.MostMissing;

    public long Bytes => _whole.Bytes + _begun.Bytes + _ended.Bytes + _wholeTokens.Bytes + _begunTokens.Bytes + _lastTokens.Bytes
        + _exits.Bytes + ((_lastTo.Length + _exitsTo.Length) * (long)sizeof(int));

    /// <summary>Adds the tokens that stay within a text to bits that have none of them.</summary>
    /// <param name="terminal">The texts.</param>
    /// <param name="state">The state of their automaton.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="limit">Only those after which at most so many tokens end the text.</param>
    /// <param name="bits">The bits.</param>
    public void AddWithin(PatternTerminal terminal, int state, int count, int limit, Span<ulong> bits)
    {
        Add(new PatternWalk(_whole, _symbols, terminal, count, limit).From(state), _wholeTokens, _whole.ItemsTo, bits);
        Add(new PatternWalk(_begun, _symbols, terminal, count, limit).From(state), _begunTokens, _begun.ItemsTo, bits);
    }

    /// <summary>Adds the tokens that end a text, and where it has ended in tokens that go on, to bits that have none of them.</summary>
    public void AddEnds(PatternTerminal terminal, int state, int count, Span<ulong> tokens, Span<ulong> exits)
    {
        var nodes = new PatternWalk(_ended, _symbols, terminal, count, limit: null).From(state);
        Add(nodes, _lastTokens, _lastTo, tokens);
        Add(nodes, _exits, _exitsTo, exits);
    }

    private static void Add(List<(int From, int To)> nodes, ItemRanges items, ReadOnlySpan<int> itemsTo, Span<ulong> bits)
    {
        foreach (var (from, to) in nodes)
            items.AddTo(bits, from == 0 ? 0 : itemsTo[from - 1], itemsTo[to - 1]);
    }
}
