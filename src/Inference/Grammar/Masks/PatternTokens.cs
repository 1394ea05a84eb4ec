using System.Collections.Concurrent;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// The masks within the texts of patterns. The tokens are merged once for each alphabet of few symbols, and once for nearly all others;
/// then the mask of a state takes a walk over the merged ones, whatever the lengths beside it are and wherever its texts may end.
/// Thread-safe.
/// </summary>
internal sealed class PatternTokens
{
    // Tokens are merged for one alphabet where it has few symbols, or only few of the nodes that all alphabets share: elsewhere that takes
    // long, and leaves hardly fewer nodes.
    private const int FewSymbols = 18;
    private const double FewNodes = 0.6;

    // Merged tokens of an alphabet take 3 MB where it has few symbols, and up to 20 MB where it splits common classes.
    private const long BytesKept = 128 << 20;

    private readonly TokenTrie _trie;
    private readonly int _maskLength;
    private readonly bool? _areShared;
    private readonly CharacterTexts _texts;
    private readonly ExitNodes _exits;
    private readonly int[] _classes;
    private readonly MergedTokens _common;
    private readonly ConcurrentDictionary<PatternAlphabet, Kept> _known = new();
    private long _bytes;

    /// <param name="trie">The tokens.</param>
    /// <param name="vocabularySize">The number of tokens.</param>
    /// <param name="isRaw">Whether texts stand as they are, without quotes and escapes.</param>
    /// <param name="areShared">Whether all alphabets share the merged tokens that they can, or none do; null for what is faster.</param>
    public PatternTokens(TokenTrie trie, int vocabularySize, bool isRaw, bool? areShared = null)
    {
        (_trie, _maskLength, _areShared) = (trie, (vocabularySize + 63) / 64, areShared);
        _texts = new CharacterTexts(trie, isRaw);
        _exits = new ExitNodes(_texts.Ended.Items, trie);
        _classes = _texts.Classes();
        _common = Merge(_classes, CommonClasses.Count);

        // So that the first answer does not wait until the code is compiled.
        Mask(new PatternTerminal(PatternAutomaton.Anything), PatternTerminal.Between(0, 0)).AddTo(new ulong[_maskLength], 0);
    }

    /// <summary>Merges the tokens for a pattern's alphabet, so that no answer waits for it.</summary>
    public void Prepare(PatternTerminal terminal) => TokensOf(terminal);

    /// <summary>A state that allows the same tokens; the same one for as many as possible.</summary>
    public long Canonical(PatternTerminal terminal, long state)
    {
        if (!terminal.Lengths.IsCounted)
            return state;

        // Within a character no token has more of them than bytes.
        var most = PatternTerminal.IsBetween(state) ? TokensOf(terminal).Depth : _trie.MaxLength;
        return PatternTerminal.WithCount(state, terminal.Lengths.Alike(PatternTerminal.PlaceOf(state).Count, most));
    }

    /// <summary>The same of a state between two characters in which the same tokens may end the text.</summary>
    public long CanonicalAtEnd(PatternTerminal terminal, long state) => terminal.Lengths.IsCounted
        ? PatternTerminal.WithCount(state, terminal.Lengths.Alike(PatternTerminal.PlaceOf(state).Count, TokensOf(terminal).EndDepth))
        : state;

    /// <summary>The tokens that may follow a state between two characters.</summary>
    public StringMask Mask(PatternTerminal terminal, long state)
    {
        var (text, count) = PatternTerminal.PlaceOf(state);
        var costed = new Costed(this, terminal, text, count);
        var (bits, exits) = (new ulong[_maskLength], new ulong[_exits.MaskLength]);
        TokensOf(terminal).Write(terminal, text, count, costed.HighestCost, bits, exits);
        return new StringMask(bits, costed, _exits.Of(exits));
    }

    private AlphabetTokens TokensOf(PatternTerminal terminal)
    {
        if (!_known.TryGetValue(terminal.Text.Alphabet, out var kept))
        {
            var made = new Kept(Create(terminal.Text.Alphabet));
            kept = _known.GetOrAdd(terminal.Text.Alphabet, made);
            if (ReferenceEquals(kept, made) && Interlocked.Add(ref _bytes, made.Tokens.Bytes) > BytesKept)
                DropOldest(made);
        }
        kept.LastUsed = Environment.TickCount64;
        return kept.Tokens;
    }

    private AlphabetTokens Create(PatternAlphabet alphabet)
    {
        var symbols = _texts.SymbolsOf(alphabet);
        if (_texts.SymbolsOfClasses(_classes, symbols) is { } symbolOf)
        {
            var shared = new AlphabetSymbols(symbols, symbolOf);
            if (_areShared ?? (alphabet.Count > FewSymbols && HasMany(shared)))
                return new AlphabetTokens(shared, _common, isShared: true);
        }

        var merged = Merge(symbols.Symbols, symbols.WholeCount);
        return new AlphabetTokens(new AlphabetSymbols(symbols, [.. Enumerable.Range(0, symbols.Count)]), merged, isShared: false);
    }

    private bool HasMany(AlphabetSymbols symbols) =>
        symbols.NodesOf(_common.Whole).Sum(range => range.To - range.From) > FewNodes * _common.Whole.Nodes.Length;

    private MergedTokens Merge(ReadOnlySpan<int> classes, int wholeCount) => new(_texts, classes, wholeCount, _trie, _exits, _maskLength);

    // Not all of them: what a schema has just prepared would be merged again while an answer waits.
    private void DropOldest(Kept made)
    {
        foreach (var entry in _known.ToArray().Where(entry => !ReferenceEquals(entry.Value, made)).OrderBy(entry => entry.Value.LastUsed))
        {
            if (Interlocked.Read(ref _bytes) <= BytesKept)
                return;
            if (_known.TryRemove(entry))
                Interlocked.Add(ref _bytes, -entry.Value.Tokens.Bytes);
        }
    }

    private sealed class Kept(AlphabetTokens tokens)
    {
        public AlphabetTokens Tokens => tokens;

        /// <summary>In milliseconds of the system's clock.</summary>
        public long LastUsed { get; set; }
    }

    /// <summary>Looked up again where the budget of an answer is nearly used up.</summary>
    private sealed class Costed(PatternTokens all, PatternTerminal terminal, int text, int count) : CostedTokens
    {
        public override int HighestCost { get; } = terminal.Lengths.HighestCost(count) + all.TokensOf(terminal).MostMissing;

        public override long Bytes => 64;

        public override void AddTo(Span<ulong> mask, int cost)
        {
            if (cost < 0)
                return;
            var (bits, exits) = (new ulong[all._maskLength], new ulong[all._exits.MaskLength]);
            all.TokensOf(terminal).Write(terminal, text, count, cost, bits, exits);
            for (var i = 0; i < bits.Length; i++)
                mask[i] |= bits[i];
        }
    }
}
