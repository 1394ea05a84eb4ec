using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// The tokens of a vocabulary by the characters that they write within a text, escapes read. It is made once for a vocabulary, whatever
/// the patterns are. The nodes stand in the order of a walk that goes down first, so that a part is left out in one step. Thread-safe.
/// </summary>
internal sealed class CharacterTrie
{
    /// <summary>Most tokens have no more characters.</summary>
    public const int ShortToken = 8;

    private readonly TokenTrie _trie;
    private readonly PatternTerminal _reader;
    private readonly byte _end;
    private readonly List<Node> _found = [];
    private readonly List<(int Tokens, int Quotes, int Partials)> _foundEnds = [];
    private readonly List<int> _foundTokens = [];
    private readonly List<int> _foundQuotes = [];
    private readonly List<(long Partial, int Token)> _foundPartials = [];
    private readonly Node[] _nodes;
    private readonly int[] _tokensTo;
    private readonly int[] _quotesTo;
    private readonly int[] _partialsTo;
    private readonly int[] _tokenDepths;
    private readonly int[] _quoteDepths;
    private readonly int[] _more;
    private readonly ulong[] _classes;
    private readonly int[] _deepest;
    private readonly ulong[] _tokenBits;
    private readonly int[] _longTokens;
    private readonly int[] _tokens;
    private readonly int[] _quotes;
    private readonly (long Partial, int Token)[] _partials;
    private readonly int[] _codePoints;
    private readonly int[] _kinds;

    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="isRaw">Whether texts stand as they are: a line end begins what follows, where else a quote ends the text.</param>
    public CharacterTrie(TokenTrie trie, bool isRaw)
    {
        _trie = trie;
        _end = isRaw ? (byte)'\n' : (byte)'"';
        _reader = new PatternTerminal(PatternAutomaton.Anything, new TextLengths(PatternAutomaton.Anything, 0, null), isRaw);
        Create([0], 0, 0);
        _codePoints = [.. _found.Select(node => node.Character).Distinct().Order()];
        _kinds = Array.ConvertAll(_codePoints, CharacterClass.Of);
        _nodes = [.. _found];
        for (var i = 0; i < _nodes.Length; i++)
            _nodes[i] = _nodes[i] with { Character = Array.BinarySearch(_codePoints, _nodes[i].Character) };
        _tokensTo = [.. _foundEnds.Select(ends => ends.Tokens)];
        _quotesTo = [.. _foundEnds.Select(ends => ends.Quotes)];
        _partialsTo = [.. _foundEnds.Select(ends => ends.Partials)];
        (_tokens, _quotes, _partials) = ([.. _foundTokens], [.. _foundQuotes], [.. _foundPartials]);
        Depth = _nodes.Max(node => node.Depth);
        (_tokenDepths, _quoteDepths) = (new int[_tokens.Length], new int[_quotes.Length]);
        for (var i = 0; i < _nodes.Length; i++)
        {
            _tokenDepths.AsSpan(Before(_tokensTo, i).._tokensTo[i]).Fill(_nodes[i].Depth);
            _quoteDepths.AsSpan(Before(_quotesTo, i).._quotesTo[i]).Fill(_nodes[i].Depth);
        }

        _more = [.. Enumerable.Range(0, _nodes.Length).Where(node => _partialsTo[node] > Before(_partialsTo, node))];

        _longTokens = [.. Enumerable.Range(0, _tokens.Length).Where(i => _tokenDepths[i] > ShortToken)];
        _tokenBits = new ulong[_tokens.Length == 0 ? 0 : (_tokens.Max() >> 6) + 1];
        foreach (var token in _tokens)
            _tokenBits[token >> 6] |= 1UL << (token & 63);

        // From the end: what is below a node is known before it.
        (_classes, _deepest) = (new ulong[_nodes.Length], new int[_nodes.Length]);
        for (var i = _nodes.Length - 1; i >= 0; i--)
        {
            _deepest[i] = _nodes[i].Depth;
            for (var child = i + 1; child < _nodes[i].End; child = _nodes[child].End)
            {
                _classes[i] |= _classes[child] | (1UL << _kinds[_nodes[child].Character]);
                _deepest[i] = Math.Max(_deepest[i], _deepest[child]);
            }
        }
    }

    /// <summary>The most characters in a token.</summary>
    public int Depth { get; }

    /// <summary>The root first, then the children of each node with all that is below them.</summary>
    public ReadOnlySpan<Node> Nodes => _nodes;

    /// <summary>The tokens that end with a character's last byte, in the order of their nodes.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The characters of each of <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<int> TokenDepths => _tokenDepths;

    /// <summary>Which of <see cref="Tokens"/> have more characters than most, ascending.</summary>
    public ReadOnlySpan<int> LongTokens => _longTokens;

    /// <summary>For each node where its own part of <see cref="Tokens"/> ends; it begins where that of the node before does.</summary>
    public ReadOnlySpan<int> TokensTo => _tokensTo;

    /// <summary>For each node the kinds of characters below it (<see cref="CharacterClass"/>), as bits.</summary>
    public ReadOnlySpan<ulong> Classes => _classes;

    /// <summary>For each node the most characters at it and below.</summary>
    public ReadOnlySpan<int> Deepest => _deepest;

    /// <summary><see cref="Tokens"/> as bits.</summary>
    public ReadOnlySpan<ulong> TokenBits => _tokenBits;

    /// <summary>The nodes after which tokens end within a character; ascending.</summary>
    public ReadOnlySpan<int> More => _more;

    /// <summary>The nodes of the byte trie where a text has ended, in the order of the nodes before.</summary>
    public ReadOnlySpan<int> Quotes => _quotes;

    /// <summary>The characters before each of <see cref="Quotes"/>.</summary>
    public ReadOnlySpan<int> QuoteDepths => _quoteDepths;

    /// <summary>For each node where its own part of <see cref="Quotes"/> ends; it begins where that of the node before does.</summary>
    public ReadOnlySpan<int> QuotesTo => _quotesTo;

    /// <summary>The tokens that end within the character after a node, and the state of a pattern's terminal there.</summary>
    public ReadOnlySpan<(long Partial, int Token)> PartialsOf(int node) =>
        _partials.AsSpan(Before(_partialsTo, node).._partialsTo[node]);

    /// <summary>The characters of the nodes as symbols of an alphabet.</summary>
    public CharacterSymbols SymbolsOf(PatternAlphabet alphabet) => new(_codePoints, _kinds, alphabet);

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
        _foundEnds.Add((_foundTokens.Count, _foundQuotes.Count, _foundPartials.Count));
        next.Sort();
        for (var from = 0; from < next.Count;)
        {
            var to = from;
            while (to < next.Count && next[to].Character == next[from].Character)
                to++;
            Create([.. next[from..to].Select(child => child.Place)], next[from].Character, depth + 1);
            from = to;
        }
        _found[index] = new Node(character, depth, _found.Count);
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

    private static int Before(int[] ends, int node) => node == 0 ? 0 : ends[node - 1];

    /// <summary>What tokens have written so far.</summary>
    /// <param name="Character">The last character: its index among those that there are.</param>
    /// <param name="Depth">The number of characters.</param>
    /// <param name="End">The first node that is not below this one.</param>
    public readonly record struct Node(int Character, int Depth, int End);
}
