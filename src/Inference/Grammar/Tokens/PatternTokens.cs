using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens of a vocabulary as the symbols of an automaton's alphabet: a trie in which tokens are one when the automaton cannot tell
/// them apart. It is made once for an alphabet, so that the mask of a state walks symbols and not the vocabulary.
/// </summary>
internal sealed class PatternTokens
{
    private const int DensePart = 64;

    private readonly TokenTrie _trie;
    private readonly int _maskLength;
    private readonly int[] _ascii = new int[128];
    private readonly PatternAutomaton _text;
    private readonly Node _root;
    private readonly bool _isAscii;

    /// <param name="trie">The tokens.</param>
    /// <param name="vocabularySize">The number of tokens.</param>
    /// <param name="text">An automaton with the alphabet.</param>
    public PatternTokens(TokenTrie trie, int vocabularySize, PatternAutomaton text)
    {
        (_trie, _maskLength, _text) = (trie, (vocabularySize + 63) / 64, text);
        for (var value = 0; value < _ascii.Length; value++)
            _ascii[value] = value < ' ' ? PatternAutomaton.None : text.SymbolOf(value);
        _ascii['"'] = _ascii['\\'] = PatternAutomaton.None;
        _isAscii = text.Alphabet.Ranges.Length == 0 || text.Alphabet.Ranges[^1].High < 128;
        _root = Create([0]);
    }

    /// <summary>The most characters in a token, as far as the automaton goes.</summary>
    public int Depth => _root.Height;

    /// <summary>The tokens that may follow a state between two characters.</summary>
    public StringMask Mask(PatternTerminal terminal, long state, EscapeWalk irregular)
    {
        var found = new Found(new ulong[_maskLength]);
        var (text, count) = PatternTerminal.PlaceOf(state);
        Collect(_root, text, count, terminal, found, irregular);
        var groups = found.Groups.Select(group => (group.Key, group.Value.Count == 1 ? group.Value[0] : [.. group.Value.SelectMany(tokens => tokens)])).ToList();
        return new StringMask(found.Bits, groups, found.Exits);
    }

    private void Collect(Node node, int text, int count, PatternTerminal terminal, Found found, EscapeWalk irregular)
    {
        var cost = terminal.Cost(PatternTerminal.Between(text, count));
        if (cost >= Terminal.Endless)
            return;
        node.AddTo(found, cost);
        if (terminal.MayEnd(text, count))
            foreach (var (quote, tokens) in node.Quotes)
            {
                found.Add(0, tokens);
                if (_trie.HasChildren(quote))
                    found.Exits.Add(quote);
            }
        foreach (var (partial, tokens) in node.Partials)
            if (terminal.Within(text, count, partial) is var within && within != Terminal.None)
                found.Add(terminal.Cost(within), tokens);
        foreach (var escape in node.Escapes)
            irregular.Follow(terminal, terminal.Step(PatternTerminal.Between(text, count), (byte)'\\'), escape, found);
        var after = terminal.Lengths.After(count);
        foreach (var (symbol, child) in node.Children)
            if (terminal.Text.NextOf(text, symbol) is var next && next != PatternAutomaton.None)
                Collect(child, next, after, terminal, found, irregular);
    }

    private Node Create(List<int> places)
    {
        var tokens = new List<int>();
        var quotes = new List<(int, int[])>();
        var escapes = new List<int>();
        var partials = new Dictionary<PartialCharacter, List<int>>();
        var bySymbol = new SortedDictionary<int, List<int>>();
        foreach (var place in places)
        {
            if (place != 0)
                tokens.AddRange(_trie.TokensAt(place));
            var children = _trie.ChildrenOf(place);
            for (var child = children.Start.Value; child < children.End.Value; child++)
            {
                var next = _trie.ByteOf(child);
                if (next == '"')
                    quotes.Add((child, _trie.TokensAt(child).ToArray()));
                else if (next == '\\')
                    escapes.Add(child);
                else if (next < 128)
                    AddSymbol(_ascii[next], child);
                else if (!_isAscii && PartialCharacter.Begin(next) is { } partial)
                    Continue(partial, child);
            }
        }
        var node = new Node(
            [.. tokens],
            _maskLength,
            quotes,
            [.. escapes],
            [.. partials.Select(partial => (partial.Key, partial.Value.ToArray()))],
            [.. bySymbol.Select(symbol => (symbol.Key, Create(symbol.Value)))]);
        return node;

        void AddSymbol(int symbol, int child)
        {
            if (symbol == PatternAutomaton.None)
                return;
            (bySymbol.TryGetValue(symbol, out var list) ? list : bySymbol[symbol] = []).Add(child);
        }

        void Continue(PartialCharacter partial, int at)
        {
            if (partial.Missing == 0)
            {
                AddSymbol(_text.SymbolOf(partial.Bits), at);
                return;
            }
            if (!_trie.TokensAt(at).IsEmpty)
                (partials.TryGetValue(partial, out var list) ? list : partials[partial] = []).AddRange(_trie.TokensAt(at));
            var children = _trie.ChildrenOf(at);
            for (var child = children.Start.Value; child < children.End.Value; child++)
                if (partial.With(_trie.ByteOf(child)) is { } longer)
                    Continue(longer, child);
        }
    }

    /// <summary>Tokens that have been found to be allowed, by what they cost.</summary>
    internal sealed class Found(ulong[] bits)
    {
        public ulong[] Bits { get; } = bits;

        public SortedDictionary<int, List<int[]>> Groups { get; } = [];

        public List<int> Exits { get; } = [];

        public void Add(int cost, int[] tokens)
        {
            AddGroup(cost, tokens);
            foreach (var token in tokens)
                Bits[token >> 6] |= 1UL << (token & 63);
        }

        public void AddGroup(int cost, int[] tokens)
        {
            if (tokens.Length > 0)
                (Groups.TryGetValue(cost, out var group) ? group : Groups[cost] = []).Add(tokens);
        }
    }

    private sealed class Node
    {
        private readonly int[] _tokens;
        private readonly ulong[]? _bits;

        public Node(
            int[] tokens, int maskLength, List<(int Node, int[] Tokens)> quotes, int[] escapes, (PartialCharacter Partial, int[] Tokens)[] partials, (int Symbol, Node Child)[] children)
        {
            (_tokens, Quotes, Escapes, Partials, Children) = (tokens, quotes, escapes, partials, children);
            Height = children.Select(child => child.Child.Height + 1).DefaultIfEmpty(0).Max();

            // Many tokens are faster to add as a mask of their own.
            if (tokens.Length * DensePart < maskLength * 16)
                return;
            _bits = new ulong[maskLength];
            foreach (var token in tokens)
                _bits[token >> 6] |= 1UL << (token & 63);
        }

        public int Height { get; }

        public IReadOnlyList<(int Node, int[] Tokens)> Quotes { get; }

        public int[] Escapes { get; }

        public (PartialCharacter Partial, int[] Tokens)[] Partials { get; }

        public (int Symbol, Node Child)[] Children { get; }

        public void AddTo(Found found, int cost)
        {
            if (_bits is null)
            {
                found.Add(cost, _tokens);
                return;
            }
            found.AddGroup(cost, _tokens);
            for (var i = 0; i < _bits.Length; i++)
                found.Bits[i] |= _bits[i];
        }
    }
}
