using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens of a vocabulary as the symbols of an automaton's alphabet: a trie in which tokens are one when the automaton cannot tell
/// them apart. It is made once for an alphabet, so that the mask of a state walks symbols and not the vocabulary; and a part of the trie
/// whose symbols all lead back to the state is not walked at all.
/// </summary>
internal sealed class PatternTokens
{
    // What a node's part of the trie holds lies together, in the order in which the nodes are made.
    private readonly List<int> _tokens = [];
    private readonly List<int> _tokenDepths = [];
    private readonly List<(int Quote, int Depth)> _quotes = [];
    private readonly List<(PartialCharacter Partial, int[] Tokens, int Depth)> _partials = [];
    private readonly List<(int Node, int Depth)> _escapes = [];
    private readonly TokenTrie _trie;
    private readonly int _maskLength;
    private readonly int[] _ascii = new int[128];
    private readonly PatternAutomaton _text;
    private readonly Node _root;
    private readonly bool _isAscii;
    private readonly bool _isRaw;
    private readonly byte _end;
    private readonly int[] _tokensInOrder;

    /// <param name="trie">The tokens.</param>
    /// <param name="vocabularySize">The number of tokens.</param>
    /// <param name="text">An automaton with the alphabet.</param>
    /// <param name="isRaw">Whether texts stand as they are: a line end begins what follows, where else a quote ends the text.</param>
    public PatternTokens(TokenTrie trie, int vocabularySize, PatternAutomaton text, bool isRaw)
    {
        _end = isRaw ? (byte)'\n' : (byte)'"';
        _isRaw = isRaw;
        (_trie, _maskLength, _text) = (trie, (vocabularySize + 63) / 64, text);
        for (var value = 0; value < _ascii.Length; value++)
            _ascii[value] = !isRaw && (value < ' ' || value is '"' or '\\') ? PatternAutomaton.None : text.SymbolOf(value);
        _isAscii = text.Alphabet.Ranges.Length == 0 || text.Alphabet.Ranges[^1].High < 128;
        _root = Create([0], 0);
        _tokensInOrder = [.. _tokens];
    }

    /// <summary>The most characters in a token, as far as the automaton goes.</summary>
    public int Depth => _root.Height;

    /// <summary>The tokens that may follow a state between two characters.</summary>
    public StringMask Mask(PatternTerminal terminal, long state)
    {
        var found = new FoundTokens(_maskLength);
        var (text, count) = PatternTerminal.PlaceOf(state);
        Collect(new PatternPlace(terminal, text, count, 0), _root, found);
        return new StringMask(found.Bits, found.Groups, found.Exits);
    }

    private void Collect(PatternPlace place, Node node, FoundTokens found)
    {
        if (!place.IsPossible)
            return;
        if (node.Symbols is { } symbols && place.StaysWith(symbols))
        {
            Add(place, node.All, found);
            return;
        }
        Add(place, node.Own, found);
        foreach (var (symbol, child) in node.Children)
        {
            if (place.After(symbol) is { } next)
                Collect(next, child, found);
        }
    }

    /// <summary>Adds what parts of the trie hold, when the state stays the same in all of them.</summary>
    private void Add(PatternPlace place, Part part, FoundTokens found)
    {
        for (var from = part.Tokens.Start.Value; from < part.Tokens.End.Value;)
        {
            // Runs of one length cost the same; where lengths are not counted, all do.
            var depth = _tokenDepths[from];
            var to = place.IsCounted ? from + 1 : part.Tokens.End.Value;
            while (to < part.Tokens.End.Value && _tokenDepths[to] == depth)
                to++;
            if (place.CostAt(depth) is < Terminal.Endless and var cost)
                found.Add(cost, _tokensInOrder.AsMemory(from..to));
            from = to;
        }
        for (var i = part.Quotes.Start.Value; i < part.Quotes.End.Value; i++)
        {
            if (place.MayEndAt(_quotes[i].Depth))
            {
                found.Add(0, _trie.MemoryAt(_quotes[i].Quote));
                if (_trie.HasChildren(_quotes[i].Quote))
                    found.Exits.Add(_quotes[i].Quote);
            }
        }

        for (var i = part.Partials.Start.Value; i < part.Partials.End.Value; i++)
        {
            if (place.StateWithin(_partials[i].Partial, _partials[i].Depth) is var within && within != Terminal.None)
                found.Add(place.Terminal.Cost(within), _partials[i].Tokens);
        }

        for (var i = part.Escapes.Start.Value; i < part.Escapes.End.Value; i++)
            Follow(place.Terminal, place.StateAt(_escapes[i].Depth, (byte)'\\'), _escapes[i].Node, found);
    }

    /// <summary>Follows the few tokens with an escape byte by byte.</summary>
    private void Follow(PatternTerminal terminal, long state, int node, FoundTokens found)
    {
        if (state == Terminal.None)
            return;
        if (terminal.Cost(state) is < Terminal.Endless and var cost)
            found.Add(cost, _trie.MemoryAt(node));
        if (terminal.Exit(state) != Terminal.None)
        {
            if (_trie.HasChildren(node))
                found.Exits.Add(node);
            return;
        }
        var children = _trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
            Follow(terminal, terminal.Step(state, _trie.ByteOf(child)), child, found);
    }

    private Node Create(List<int> places, int depth)
    {
        var partials = new Dictionary<PartialCharacter, List<int>>();
        var bySymbol = new SortedDictionary<int, List<int>>();
        var start = Ends();
        foreach (var place in places)
        {
            foreach (var token in place == 0 ? [] : _trie.TokensAt(place))
                _tokens.Add(token);
            var children = _trie.ChildrenOf(place);
            for (var child = children.Start.Value; child < children.End.Value; child++)
            {
                var next = _trie.ByteOf(child);
                if (next == _end)
                    _quotes.Add((child, depth));
                if (next == '\\' && !_isRaw)
                    _escapes.Add((child, depth));
                else if (next < 128)
                    AddSymbol(_ascii[next], child);
                else if (!_isAscii && PartialCharacter.Begin(next) is { } partial)
                    Continue(partial, child);
            }
        }
        _tokenDepths.AddRange(Enumerable.Repeat(depth, _tokens.Count - _tokenDepths.Count));
        foreach (var (partial, tokens) in partials)
            _partials.Add((partial, [.. tokens], depth));
        var own = new Part(start, Ends());
        (int, Node)[] inner = [.. bySymbol.Select(symbol => (symbol.Key, Create(symbol.Value, depth + 1)))];
        return new Node(own, new Part(start, Ends()), inner);

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
            foreach (var token in _trie.TokensAt(at))
                (partials.TryGetValue(partial, out var list) ? list : partials[partial] = []).Add(token);
            var children = _trie.ChildrenOf(at);
            for (var child = children.Start.Value; child < children.End.Value; child++)
            {
                if (partial.With(_trie.ByteOf(child)) is { } longer)
                    Continue(longer, child);
            }
        }
    }

    private (int Tokens, int Quotes, int Partials, int Escapes) Ends() => (_tokens.Count, _quotes.Count, _partials.Count, _escapes.Count);

    /// <summary>What lies together of the tokens.</summary>
    private readonly struct Part(
        (int Tokens, int Quotes, int Partials, int Escapes) from, (int Tokens, int Quotes, int Partials, int Escapes) to)
    {
        public Range Tokens => from.Tokens..to.Tokens;

        public Range Quotes => from.Quotes..to.Quotes;

        public Range Partials => from.Partials..to.Partials;

        public Range Escapes => from.Escapes..to.Escapes;
    }

    private sealed class Node
    {
        // More symbols than this are not kept apart for each node.
        private const int MostSymbols = 64;

        public Node(Part own, Part all, (int Symbol, Node Child)[] children)
        {
            (Own, All, Children) = (own, all, children);
            Height = children.Select(child => child.Child.Height + 1).DefaultIfEmpty(0).Max();
            Symbols = 0;
            foreach (var (symbol, child) in children)
                Symbols = symbol >= MostSymbols ? null : Symbols | child.Symbols | (1UL << symbol);
        }

        public Part Own { get; }

        /// <summary>With those of the nodes below.</summary>
        public Part All { get; }

        public (int Symbol, Node Child)[] Children { get; }

        public int Height { get; }

        /// <summary>The symbols that lead to the nodes below, as bits; null when there are too many.</summary>
        public ulong? Symbols { get; }
    }
}
