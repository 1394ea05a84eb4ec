using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Schemas.Patterns;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The masks within texts: what stays within one or ends with it does not depend on where in an answer it stands. Those of any text are
/// shared by all grammars. Thread-safe.
/// </summary>
internal sealed class TextMasks
{
    private const long BytesKept = 128 << 20;

    private readonly TokenTrie _trie;
    private readonly int _vocabularySize;
    private readonly Lazy<StringTokens> _plain;
    private readonly PatternTokens _patterns;
    private readonly Lazy<PatternTokens> _rawPatterns;
    private readonly Lazy<ItemTokens> _items;
    private readonly ConditionalWeakTable<NameAutomaton, VocabularyTokens> _vocabularies = [];
    private readonly ConcurrentDictionary<(Terminal, long), StringMask> _masks = new();
    private long _bytes;

    public TextMasks(TokenVocabulary vocabulary, TokenTrie trie)
    {
        (_trie, _vocabularySize) = (trie, vocabulary.Size);
        Strings = new StringTokens(trie, vocabulary.Size);
        Closing = new ClosingTokens(vocabulary, trie);
        _items = new(() => new ItemTokens(vocabulary));
        _plain = new(() => new StringTokens(trie, vocabulary.Size, escapes: false));
        _patterns = new PatternTokens(trie, vocabulary.Size, isRaw: false);
        _rawPatterns = new(() => new PatternTokens(trie, vocabulary.Size, isRaw: true));

        // What any answer may need, so that none waits for it.
        Strings.WalkAll();
        Strings.Mask(Unlimited);
        var anything = new PatternTerminal(PatternAutomaton.Anything);
        foreach (var begun in (ReadOnlySpan<byte>)[(byte)'\\', 0xE3])
            CreateOutside(anything, anything.Step(PatternTerminal.Between(0, 0), begun));
    }

    /// <summary>What tokens do within any text.</summary>
    public StringTokens Strings { get; }

    /// <summary>The tokens that end a text and go on.</summary>
    public ClosingTokens Closing { get; }

    /// <summary>What is not allowed within items that have to differ.</summary>
    public ItemTokens Items => _items.Value;

    /// <summary>Where a string is opened in a trie, if it is that of all tokens.</summary>
    public int OpeningQuote(TokenTrie trie) => ReferenceEquals(trie, _trie) ? _trie.Child(0, (byte)'"') : TokenTrie.None;

    private static long Unlimited => StringTerminal.State(StringPhase.Between, 0, StringTerminal.Unlimited);

    /// <summary>Does the work that texts of a kind need once.</summary>
    public void Prepare(Terminal terminal)
    {
        if (terminal is PatternTerminal pattern)
            TokensOf(pattern).Prepare(pattern);
        else if (terminal is ExcludingTerminal)
            _ = _plain.Value.Mask(Unlimited);
        else if (terminal is VocabularyTerminal names)
            TokensOf(names);
    }

    /// <summary>The text that is being written at a place: its terminal and state.</summary>
    public static (Terminal Terminal, long State) TextOf(
        Cursor cursor) => cursor.Terminal is KeyTerminal key && KeyTerminal.IsWithinName(cursor.State)
        ? (key.Name, KeyTerminal.NameState(cursor.State))
        : (cursor.Terminal, cursor.State);

    /// <summary>Whether the first quote that no backslash stands before ends the quoted text at a place.</summary>
    public static bool EndsAtFirstQuote(Cursor cursor) => TextOf(cursor) switch
    {
        (StringTerminal, var state) => StringTerminal.PhaseOf(state) is not (StringPhase.Before or StringPhase.Escape),
        (PatternTerminal { IsRaw: false }, var state) => PatternTerminal.IsBetween(state),
        (ExcludingTerminal, var state) => ExcludingTerminal.PhaseOf(state) != StringPhase.Before,
        _ => false,
    };

    /// <summary>A place where the same tokens may end the text and go on; the same one for as many as possible.</summary>
    public Cursor AlikeAtEnd(Cursor cursor)
    {
        var (terminal, state) = TextOf(cursor);
        var alike = terminal switch
        {
            StringTerminal => Strings.AlikeAtEnd(state),
            PatternTerminal pattern when PatternTerminal.IsBetween(state) => TokensOf(pattern).CanonicalAtEnd(pattern, state),
            PatternTerminal { IsRaw: false } pattern => Canonical(pattern, state),
            _ => state,
        };
        return alike == state ? cursor : cursor with { State = cursor.State - state + alike };
    }

    /// <summary>The mask of the text that is being written, or null when its tokens have to be walked.</summary>
    public StringMask? Find(Cursor cursor) => Find(cursor, Terminal.Endless);

    /// <summary>The same where so many tokens are left to the end of the text: what these allow is found along with it.</summary>
    public StringMask? Find(Cursor cursor, int left)
    {
        var (terminal, state) = TextOf(cursor);
        return terminal switch
        {
            StringTerminal => Strings.Mask(Strings.Canonical(state)),
            VocabularyTerminal names => TokensOf(names).Mask(state),
            PatternTerminal pattern when PatternTerminal.IsBetween(state) => FindBetween(pattern, Canonical(pattern, state), left),
            PatternTerminal { IsRaw: false } pattern => KeepNew(pattern, Canonical(pattern, state), CreateOutside),
            ExcludingTerminal when ExcludingTerminal.PhaseOf(state) == StringPhase.Before => null,
            ExcludingTerminal when ExcludingTerminal.IsOff(state) =>
                _plain.Value.Mask(StringTerminal.State(ExcludingTerminal.PhaseOf(state), 0, StringTerminal.Unlimited)),
            ExcludingTerminal names when ExcludingTerminal.PhaseOf(state) == StringPhase.Between => KeepNew(names, state, Create),
            _ => null,
        };
    }

    /// <summary>
    /// The same of several places; those within patterns that were not met before are followed together.
    /// </summary>
    /// <param name="cursors">The places.</param>
    /// <param name="costs">What follows their texts.</param>
    /// <param name="left">The tokens that are left to the end of the answer.</param>
    /// <param name="found">For each of them its mask, or null.</param>
    public void Find(IReadOnlyList<Cursor> cursors, CompletionCosts costs, int left, List<StringMask?> found)
    {
        found.Clear();
        Dictionary<(PatternTerminal, long), int>? unknown = null;
        foreach (var cursor in cursors)
        {
            if (TextOf(cursor) is (PatternTerminal pattern, var state)
                && PatternTerminal.IsBetween(state)
                && (pattern, Canonical(pattern, state)) is var key
                && !_masks.ContainsKey(key))
            {
                ref var most = ref CollectionsMarshal.GetValueRefOrAddDefault(unknown ??= [], key, out var isKnown);
                most = Math.Max(isKnown ? most : int.MinValue, left - costs.AfterText(cursor));
            }
        }

        if (unknown is not null)
            KeepAll(unknown.Select(place => (place.Key.Item1, place.Key.Item2, place.Value)));
        foreach (var cursor in cursors)
            found.Add(Find(cursor));
    }

    /// <summary>
    /// Adds the tokens of masks after which at most so many tokens end the text: where the budget is nearly used up patterns are followed
    /// together.
    /// </summary>
    public static void AddTo(Span<ulong> mask, Dictionary<StringMask, int> costs)
    {
        List<(PatternTokens Patterns, PatternPlace Place)>? limited = null;
        foreach (var (text, cost) in costs)
        {
            if (text.Costed is not PatternCosts patterns || text.IsWithin(cost) || patterns.IsKnown(cost))
                text.AddTo(mask, cost);
            else
                (limited ??= []).Add((patterns.Patterns, patterns.At(cost)));
        }

        if (limited is null)
            return;
        foreach (var kind in limited.GroupBy(pattern => pattern.Patterns, pattern => pattern.Place))
            kind.Key.AddAny(kind, mask);
    }

    private void KeepAll(IEnumerable<(PatternTerminal Terminal, long State, int Left)> unknown)
    {
        foreach (var kind in unknown.GroupBy(place => TokensOf(place.Terminal)))
        {
            var places = kind.ToArray();
            var masks = kind.Key.Masks(places);
            for (var i = 0; i < places.Length; i++)
                Keep(places[i].Terminal, places[i].State, masks[i]);
        }
    }

    private StringMask FindBetween(PatternTerminal terminal, long state, int left) => _masks.TryGetValue((terminal, state), out var mask)
        ? mask
        : Keep(terminal, state, TokensOf(terminal).Masks([(terminal, state, left)])[0]);

    private VocabularyTokens TokensOf(VocabularyTerminal terminal) =>
        _vocabularies.GetValue(terminal.Names, names => new VocabularyTokens(_trie, _vocabularySize, names));

    private PatternTokens TokensOf(PatternTerminal pattern) => pattern.IsRaw ? _rawPatterns.Value : _patterns;

    private long Canonical(PatternTerminal terminal, long state) => TokensOf(terminal).Canonical(terminal, state);

    private StringMask KeepNew<TTerminal>(TTerminal terminal, long state, Func<TTerminal, long, StringMask> create)
        where TTerminal : Terminal
    {
        if (_masks.TryGetValue((terminal, state), out var mask))
            return mask;
        return Keep(terminal, state, create(terminal, state));
    }

    private StringMask Keep(Terminal terminal, long state, StringMask mask)
    {
        if (Interlocked.Add(ref _bytes, mask.Bytes) > BytesKept)
        {
            _masks.Clear();
            Interlocked.Exchange(ref _bytes, mask.Bytes);
        }
        return _masks.GetOrAdd((terminal, state), mask);
    }

    private StringMask CreateOutside(PatternTerminal terminal, long state) =>
        PatternByteWalk.Mask(_trie, terminal, state, (_vocabularySize + 63) / 64);

    private StringMask Create(ExcludingTerminal terminal, long state)
    {
        var any = _plain.Value.Mask(Unlimited);
        var bits = any.All.ToArray();
        var without = new HashSet<int>();
        var otherwise = new List<(int, int?)>();
        foreach (var rest in terminal.ExcludedAfter(state))
        {
            var node = _trie.Find(rest);
            if (node == TokenTrie.None)
                continue;
            if (rest.Length > 0)
            {
                foreach (var token in _trie.TokensAt(node))
                    otherwise.Add((token, terminal.Cost(rest.Aggregate(state, terminal.Step))));
            }

            var quote = _trie.Child(node, (byte)'"');
            if (quote == TokenTrie.None)
                continue;
            without.Add(quote);
            foreach (var token in _trie.TokensAt(quote))
            {
                otherwise.Add((token, null));
                bits[token >> 6] &= ~(1UL << (token & 63));
            }
        }
        return new StringMask(bits, any.Costed, any.Exits.Except(without), otherwise.Count == 0 ? null : otherwise);
    }
}
