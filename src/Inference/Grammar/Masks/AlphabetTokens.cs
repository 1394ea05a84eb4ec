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

    /// <summary>
    /// Writes the tokens that stay within a text or end it, and where it has ended in tokens that go on, to empty bits of each place.
    /// </summary>
    /// <param name="places">The places, at most <see cref="PatternWalk.MostPlaces"/>.</param>
    /// <param name="walk">Follows them.</param>
    /// <param name="tokens">For each place the bits of the tokens.</param>
    /// <param name="exits">For each place the bits of the numbers of where its text has ended.</param>
    public void Write(PatternPlace[] places, PatternWalk walk, Span<ulong[]> tokens, Span<ulong[]> exits)
    {
        if (!TryWrite(places, walk, tokens, exits, asOne: false))
        {
            for (var i = 0; i < places.Length; i++)
            {
                tokens[i].AsSpan().Clear();
                exits[i].AsSpan().Clear();
            }

            var half = places.Length / 2;
            Write(places[..half], walk, tokens[..half], exits[..half]);
            Write(places[half..], walk, tokens[half..], exits[half..]);
            return;
        }

        for (var i = 1; i < places.Length; i++)
        {
            Change(tokens[i], tokens[i - 1]);
            Change(exits[i], exits[i - 1]);
        }

        // What was taken together may hold texts with other characters.
        for (var i = 0; _known is { } known && i < places.Length; i++)
        {
            Keep(tokens[i], known.Tokens);
            Keep(exits[i], known.Exits);
        }
    }

    /// <summary>Adds the tokens that stay within a text or end it at any of some places.</summary>
    /// <param name="places">The places, at most <see cref="PatternWalk.MostPlaces"/>.</param>
    /// <param name="walk">Follows them.</param>
    /// <param name="tokens">The bits of the tokens.</param>
    public void AddAny(PatternPlace[] places, PatternWalk walk, Span<ulong> tokens)
    {
        var (bits, exits) = (new ulong[_tokens.MaskLength], new ulong[_tokens.ExitsMaskLength]);
        if (!TryWrite(places, walk, [bits], [exits], asOne: true))
        {
            AddAny(places[..(places.Length / 2)], walk, tokens);
            AddAny(places[(places.Length / 2)..], walk, tokens);
            return;
        }

        if (_known is { } known)
            Keep(bits, known.Tokens);
        for (var i = 0; i < bits.Length; i++)
            tokens[i] |= bits[i];
    }

    /// <summary>Writes, but of each place only what is not as at the one before.</summary>
    private bool TryWrite(
        PatternPlace[] places, PatternWalk walk, ReadOnlySpan<ulong[]> tokens, ReadOnlySpan<ulong[]> exits, bool asOne)
    {
        if (!walk.Follow(_whole, places, endsOnly: false, asOne))
            return false;
        for (var i = 0; i < tokens.Length; i++)
            _tokens.AddWhole(walk.ChangedAt(i), tokens[i]);
        if (!walk.Follow(_begun, places, endsOnly: false, asOne))
            return false;
        for (var i = 0; i < tokens.Length; i++)
            _tokens.AddBegun(walk.ChangedAt(i), tokens[i]);
        if (!walk.Follow(_ended, places, endsOnly: true, asOne))
            return false;
        for (var i = 0; i < tokens.Length; i++)
            _tokens.AddEnds(walk.ChangedAt(i), tokens[i], exits[i]);
        return true;
    }

    private static void Change(Span<ulong> bits, ReadOnlySpan<ulong> before)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] ^= before[i];
    }

    private static void Keep(Span<ulong> bits, ReadOnlySpan<ulong> known)
    {
        for (var i = 0; i < bits.Length; i++)
            bits[i] &= known[i];
    }
}
