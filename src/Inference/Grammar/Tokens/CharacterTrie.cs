using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens of a vocabulary by the characters that they write within a text, escapes read. It is made once for a vocabulary, whatever
/// the patterns are. The nodes stand in the order of a walk that goes down first, so that a part is left out in one step. Thread-safe.
/// </summary>
internal sealed class CharacterTrie
{
    private readonly TokenTrie _trie;
    private readonly PatternTerminal _reader;
    private readonly byte _end;
    private readonly List<Node> _found = [];
    private readonly List<int> _foundTokens = [];
    private readonly List<int> _foundQuotes = [];
    private readonly List<(long Partial, int Token)> _foundPartials = [];
    private readonly Node[] _nodes;
    private readonly int[] _tokens;
    private readonly int[] _quotes;
    private readonly (long Partial, int Token)[] _partials;
    private readonly int[] _codePoints;

    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="isRaw">Whether texts stand as they are: a line end begins what follows, where else a quote ends the text.</param>
    public CharacterTrie(TokenTrie trie, bool isRaw)
    {
        _trie = trie;
        _end = isRaw ? (byte)'\n' : (byte)'"';
        _reader = new PatternTerminal(PatternAutomaton.Anything, new TextLengths(PatternAutomaton.Anything, 0, null), isRaw);
        Create([0], 0, 0);
        _codePoints = [.. _found.Select(node => node.Character).Distinct().Order()];
        _nodes = [.. _found];
        for (var i = 0; i < _nodes.Length; i++)
            _nodes[i].Character = Array.BinarySearch(_codePoints, _nodes[i].Character);
        (_tokens, _quotes, _partials) = ([.. _foundTokens], [.. _foundQuotes], [.. _foundPartials]);
        Depth = _nodes.Max(node => node.Depth);
    }

    /// <summary>The most characters in a token.</summary>
    public int Depth { get; }

    /// <summary>The root first, then the children of each node with all that is below them.</summary>
    public ReadOnlySpan<Node> Nodes => _nodes;

    /// <summary>The tokens that end with a character's last byte, in the order of their nodes.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The nodes of the byte trie where what ends the text follows, in the order of their nodes.</summary>
    public ReadOnlySpan<int> Quotes => _quotes;

    /// <summary>The tokens that end within a character, and the state of a pattern's terminal there, in the order of their nodes.</summary>
    public ReadOnlySpan<(long Partial, int Token)> Partials => _partials;

    /// <summary>For each <see cref="Node.Character"/> its symbol in an alphabet, or <see cref="PatternAutomaton.None"/>.</summary>
    public int[] SymbolsOf(PatternAlphabet alphabet)
    {
        var symbols = new int[_codePoints.Length];
        var range = 0;
        for (var i = 0; i < symbols.Length; i++)
        {
            while (range < alphabet.Ranges.Length && alphabet.Ranges[range].High < _codePoints[i])
                range++;
            symbols[i] = range < alphabet.Ranges.Length && alphabet.Ranges[range].Low <= _codePoints[i]
                ? alphabet.Ranges[range].Symbol
                : PatternAutomaton.None;
        }
        return symbols;
    }

    private void Create(IReadOnlyList<int> places, int character, int depth)
    {
        var index = _found.Count;
        _found.Add(default);
        var next = new List<(int Character, int Place)>();
        var firstPartial = _foundPartials.Count;
        foreach (var place in places)
        {
            foreach (var token in place == 0 ? [] : _trie.TokensAt(place))
                _foundTokens.Add(token);
            Follow(PatternTerminal.Between(0, 0), place, next);
        }

        // Those that are alike stand together.
        _foundPartials.Sort(firstPartial, _foundPartials.Count - firstPartial, null);
        var node = new Node
        {
            Character = character,
            Depth = depth,
            TokensTo = _foundTokens.Count,
            QuotesTo = _foundQuotes.Count,
            PartialsTo = _foundPartials.Count,
        };
        next.Sort();
        for (var from = 0; from < next.Count;)
        {
            var to = from;
            while (to < next.Count && next[to].Character == next[from].Character)
                to++;
            Create([.. next[from..to].Select(child => child.Place)], next[from].Character, depth + 1);
            from = to;
        }
        _found[index] = node with { End = _found.Count };
    }

    /// <summary>Finds where characters end that begin at a place.</summary>
    private void Follow(long state, int place, List<(int Character, int Place)> next)
    {
        var children = _trie.ChildrenOf(place);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            var value = _trie.ByteOf(child);
            if (value == _end && PatternTerminal.IsBetween(state))
                _foundQuotes.Add(child);
            var following = _reader.Step(state, value);
            if (following != Terminal.None && PatternTerminal.IsBetween(following))
            {
                next.Add((PatternTerminal.CharacterOf(state, value), child));
            }
            else if (following != Terminal.None && _reader.Exit(following) == Terminal.None)
            {
                foreach (var token in _trie.TokensAt(child))
                    _foundPartials.Add((following, token));
                Follow(following, child, next);
            }
        }
    }

    /// <summary>What tokens have written so far. What is its own begins where that of the node before ends.</summary>
    public record struct Node
    {
        /// <summary>The last character: its index among those that there are.</summary>
        public int Character;

        /// <summary>The number of characters.</summary>
        public int Depth;

        /// <summary>The first node that is not below this one.</summary>
        public int End;

        /// <summary>Where its own part of <see cref="Tokens"/> ends.</summary>
        public int TokensTo;

        /// <summary>Where its own part of <see cref="Quotes"/> ends.</summary>
        public int QuotesTo;

        /// <summary>Where its own part of <see cref="Partials"/> ends.</summary>
        public int PartialsTo;
    }
}
