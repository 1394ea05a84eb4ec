using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens of a vocabulary by the symbols of an alphabet, for all patterns that have it. Immutable.</summary>
internal sealed class AlphabetTokens
{
    private readonly MergedTokens _tokens;
    private readonly AlphabetTrie _whole;
    private readonly AlphabetTrie _begun;
    private readonly AlphabetTrie _ended;

    // The tokens and exits whose texts have only characters of the alphabet; null where there are no others.
    private readonly (ulong[] Tokens, ulong[] Exits)? _known;

    /// <param name="symbols">The symbols of the classes by which tokens are merged.</param>
    /// <param name="tokens">The merged tokens.</param>
    /// <param name="isShared">Whether other alphabets have the same merged tokens.</param>
    public AlphabetTokens(AlphabetSymbols symbols, MergedTokens tokens, bool isShared)
    {
        _tokens = tokens;
        _whole = new AlphabetTrie(tokens.Whole, symbols);
        _begun = new AlphabetTrie(tokens.Begun, symbols);
        _ended = new AlphabetTrie(tokens.Ended, symbols);
        MostMissing = symbols.MostMissing;
        Bytes = (symbols.SymbolOf.Length * (long)sizeof(int)) + _whole.Bytes + _begun.Bytes + _ended.Bytes;
        if (!isShared)
        {
            Bytes += tokens.Bytes;
            return;
        }

        var (bits, exits) = (new ulong[tokens.MaskLength], new ulong[tokens.ExitsMaskLength]);
        tokens.AddWhole(symbols.NodesOf(tokens.Whole), bits);
        tokens.AddBegun(symbols.NodesOf(tokens.Begun), bits);
        tokens.AddEnds(symbols.NodesOf(tokens.Ended), bits, exits);
        _known = (bits, exits);
        Bytes += (bits.Length + exits.Length) * (long)sizeof(ulong);
    }

    /// <summary>The most characters of a token.</summary>
    public int Depth => Math.Max(_whole.Depth, _begun.Depth);

    /// <summary>The most characters of a token before the end of a text.</summary>
    public int EndDepth => _ended.Depth;

    /// <summary>The most bytes that are missing where a token ends within a character.</summary>
    public int MostMissing { get; }

    /// <summary>The bytes of memory that only these take.</summary>
    public long Bytes { get; }

    /// <summary>Writes the tokens that stay within a text or end it, and where it has ended in tokens that go on, to empty bits.</summary>
    /// <param name="terminal">The texts.</param>
    /// <param name="state">The state of their automaton.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="limit">Of the tokens that stay within only those after which at most so many tokens end the text.</param>
    /// <param name="tokens">The bits of the tokens.</param>
    /// <param name="exits">The bits of the numbers of where it has ended.</param>
    public void Write(PatternTerminal terminal, int state, int count, int limit, Span<ulong> tokens, Span<ulong> exits)
    {
        _tokens.AddWhole(new PatternWalk(_whole, terminal, count, limit).From(state), tokens);
        _tokens.AddBegun(new PatternWalk(_begun, terminal, count, limit).From(state), tokens);
        _tokens.AddEnds(new PatternWalk(_ended, terminal, count, limit: null).From(state), tokens, exits);

        // What was taken together may hold texts with other characters.
        if (_known is { } known)
        {
            Keep(tokens, known.Tokens);
            Keep(exits, known.Exits);
        }
    }

    private static void Keep(Span<ulong> bits, ReadOnlySpan<ulong> known)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] &= known[i];
    }
}
