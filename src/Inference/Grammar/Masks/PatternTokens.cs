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
    private readonly ConcurrentBag<PatternWalk> _walks = [];
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
    public StringMask Mask(PatternTerminal terminal, long state) => Masks([(terminal, state, Terminal.Endless)])[0];

    /// <summary>The tokens that may follow states between two characters: patterns of one alphabet are followed together.</summary>
    /// <param name="states">The states, each with the tokens that are left: what these allow is found along with all others.</param>
    public StringMask[] Masks(IReadOnlyList<(PatternTerminal Terminal, long State, int Left)> states)
    {
        var masks = new StringMask[states.Count];
        foreach (var alike in Enumerable.Range(0, masks.Length).GroupBy(i => TokensOf(states[i].Terminal)))
        {
            foreach (var some in alike.Chunk(PatternWalk.MostPlaces / 2))
                Mask(alike.Key, some);
        }

        return masks;

        void Mask(AlphabetTokens alphabet, int[] some)
        {
            var all = Array.ConvertAll(some, i => PatternPlace.Of(states[i].Terminal, states[i].State, alphabet.MostMissing));
            int[] few = [.. Enumerable.Range(0, all.Length).Where(i => states[some[i]].Left >= 0 && states[some[i]].Left < all[i].Limit)];
            var (tokens, exits) = Write(alphabet, [.. all, .. few.Select(i => all[i] with { Limit = states[some[i]].Left })]);
            for (var i = 0; i < some.Length; i++)
            {
                var at = Array.IndexOf(few, i);
                var costs = new PatternCosts(this, all[i], at < 0 ? null : (states[some[i]].Left, tokens[all.Length + at]));
                masks[some[i]] = new StringMask(tokens[i], costs, _exits.Of(exits[i]));
            }
        }
    }

    /// <summary>Adds the tokens that may follow at any of some places within their limits.</summary>
    public void AddAny(IEnumerable<PatternPlace> places, Span<ulong> mask)
    {
        foreach (var alike in places.GroupBy(place => TokensOf(place.Terminal)))
        {
            foreach (var some in alike.Chunk(PatternWalk.MostPlaces))
            {
                var walk = Begin();
                alike.Key.AddAny(some, walk, mask);
                End(walk);
            }
        }
    }

    private (ulong[][] Tokens, ulong[][] Exits) Write(AlphabetTokens alphabet, PatternPlace[] places)
    {
        var tokens = Array.ConvertAll(places, _ => new ulong[_maskLength]);
        var exits = Array.ConvertAll(places, _ => new ulong[_exits.MaskLength]);
        var walk = Begin();
        alphabet.Write(places, walk, tokens, exits);
        End(walk);
        return (tokens, exits);
    }

    private PatternWalk Begin() => _walks.TryTake(out var used) ? used : new PatternWalk();

    private void End(PatternWalk walk)
    {
        if (!walk.IsLarge)
            _walks.Add(walk);
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
}
