using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens of a vocabulary by the symbols of an alphabet, for all patterns that have it. Immutable.</summary>
internal sealed class AlphabetTokens
{
    private readonly MergedTokens _tokens;
    private readonly AlphabetSymbols _symbols;

    /// <param name="symbols">The characters as symbols.</param>
    /// <param name="tokens">The tokens, merged by classes that the symbols do not tell apart within.</param>
    /// <param name="symbolOf">The symbol of each class: see <see cref="AlphabetSymbols"/>.</param>
    /// <param name="isShared">Whether other alphabets have the same merged tokens.</param>
    public AlphabetTokens(CharacterSymbols symbols, MergedTokens tokens, int[] symbolOf, bool isShared)
    {
        _tokens = tokens;
        _symbols = new AlphabetSymbols(symbols, symbolOf);
        Depth = Math.Max(_symbols.DepthOf(tokens.Whole), _symbols.DepthOf(tokens.Begun));
        EndDepth = _symbols.DepthOf(tokens.Ended);
        MostMissing = symbols.MostMissing;
        Bytes = (symbolOf.Length * (long)sizeof(int)) + (isShared ? 0 : tokens.Bytes);
    }

    /// <summary>The most characters of a token.</summary>
    public int Depth { get; }

    /// <summary>The most characters of a token before the end of a text.</summary>
    public int EndDepth { get; }

    /// <summary>The most bytes that are missing where a token ends within a character.</summary>
    public int MostMissing { get; }

    /// <summary>The bytes of memory that only these take.</summary>
    public long Bytes { get; }

    /// <summary>Adds the tokens that stay within a text to bits that have none of them.</summary>
    /// <param name="terminal">The texts.</param>
    /// <param name="state">The state of their automaton.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="limit">Only those after which at most so many tokens end the text.</param>
    /// <param name="bits">The bits.</param>
    public void AddWithin(PatternTerminal terminal, int state, int count, int limit, Span<ulong> bits)
    {
        _tokens.AddWhole(new PatternWalk(_tokens.Whole, _symbols, terminal, count, limit).From(state), bits);
        _tokens.AddBegun(new PatternWalk(_tokens.Begun, _symbols, terminal, count, limit).From(state), bits);
    }

    /// <summary>Adds the tokens that end a text, and where it has ended in tokens that go on, to bits that have none of them.</summary>
    public void AddEnds(PatternTerminal terminal, int state, int count, Span<ulong> tokens, Span<ulong> exits) =>
        _tokens.AddEnds(new PatternWalk(_tokens.Ended, _symbols, terminal, count, limit: null).From(state), tokens, exits);
}
