using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Follows the tokens of a vocabulary from one state of a pattern's automaton. Used once, by one thread.</summary>
/// <param name="characters">The tokens by their characters.</param>
/// <param name="symbols">The characters as symbols of the automaton's alphabet.</param>
/// <param name="text">The automaton.</param>
/// <param name="isCounted">Whether the number of characters matters.</param>
internal sealed class PatternWalk(CharacterTrie characters, int[] symbols, PatternAutomaton text, bool isCounted)
{
    private const int Nothing = -1;

    // What a token leads to: a state, or from the number of states on a list of those that the rest of a character leads to.
    private readonly List<PatternReach[]> _reaches = [];
    private readonly Dictionary<(int State, long Partial), int> _reachOf = [];

    // By the characters of a token, then by what it leads to; groups are numbered from 1.
    private readonly int[]?[] _groupsOfStates = new int[characters.Depth + 2][];
    private readonly Dictionary<(int Reach, int Depth), int> _groupsOfReaches = [];
    private readonly List<(int Depth, PatternReach[] Reaches)> _groups = [];

    // The tokens of groups, as pieces of all tokens in order.
    private readonly List<(int Group, int From, int To)> _runs = [];
    private readonly List<(int Group, int Token)> _partials = [];
    private readonly SortedDictionary<int, List<int>> _quotes = [];
    private int _depth;

    // Optimized at once: an answer would wait long for the first walk of all tokens in code that is not.
    /// <param name="start">The state.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PatternEnds From(int start)
    {
        var states = new int[characters.Depth + 1];
        var nodes = characters.Nodes;
        Visit(default, nodes[0], states[0] = start);
        for (var i = 1; i < nodes.Length;)
        {
            ref readonly var node = ref nodes[i];
            var symbol = symbols[node.Character];
            var state = symbol < 0 ? PatternAutomaton.None : text.NextOf(states[node.Depth - 1], symbol);
            if (state == PatternAutomaton.None)
            {
                i = node.End;
                continue;
            }
            states[node.Depth] = state;
            Visit(nodes[i - 1], node, state);
            i++;
        }

        return new PatternEnds(_depth, Collect(), [.. _quotes.Select(quotes => (quotes.Key, quotes.Value.ToArray()))]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(in CharacterTrie.Node before, in CharacterTrie.Node node, int state)
    {
        _depth = Math.Max(_depth, node.Depth + 1);
        if (node.TokensTo > before.TokensTo)
        {
            var group = GroupOf(state, node.Depth);
            if (_runs.Count > 0 && _runs[^1] is var last && last.Group == group && last.To == before.TokensTo)
                _runs[^1] = (group, last.From, node.TokensTo);
            else
                _runs.Add((group, before.TokensTo, node.TokensTo));
        }

        if (node.QuotesTo > before.QuotesTo && text.IsAccepting(state))
        {
            var depth = isCounted ? node.Depth : 0;
            if (!_quotes.TryGetValue(depth, out var quotes))
                _quotes.Add(depth, quotes = []);
            quotes.AddRange(characters.Quotes[before.QuotesTo..node.QuotesTo]);
        }

        foreach (var (partial, token) in characters.Partials[before.PartialsTo..node.PartialsTo])
        {
            if (ReachOf(state, partial) is var reach && reach != Nothing)
                _partials.Add((GroupOf(reach, node.Depth + 1), token));
        }
    }

    private int ReachOf(int state, long partial)
    {
        ref var reach = ref CollectionsMarshal.GetValueRefOrAddDefault(_reachOf, (state, partial), out var isKnown);
        if (isKnown)
            return reach;
        var reaches = PatternTerminal.ReachOf(text, state, partial);
        if (reaches.Length == 0)
            return reach = Nothing;
        var same = _reaches.FindIndex(known => known.AsSpan().SequenceEqual(reaches));
        if (same < 0)
        {
            same = _reaches.Count;
            _reaches.Add(reaches);
        }
        return reach = text.StateCount + same;
    }

    private int GroupOf(int reach, int depth)
    {
        depth = isCounted ? depth : 0;
        if (reach >= text.StateCount)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_groupsOfReaches, (reach, depth), out _);
            return known > 0 ? known : known = Add(depth, _reaches[reach - text.StateCount]);
        }
        ref var group = ref (_groupsOfStates[depth] ??= new int[text.StateCount])[reach];
        return group > 0 ? group : group = Add(depth, [new PatternReach(0, reach)]);
    }

    private int Add(int depth, PatternReach[] reaches)
    {
        _groups.Add((depth, reaches));
        return _groups.Count;
    }

    /// <summary>The tokens of each group.</summary>
    private List<PatternEnd> Collect()
    {
        var ends = new int[_groups.Count + 1];
        foreach (var (group, from, to) in _runs)
            ends[group] += to - from;
        foreach (var (group, _) in _partials)
            ends[group]++;
        var tokens = new int[ends.Sum()];
        var found = new List<PatternEnd>(_groups.Count);
        var next = 0;
        foreach (var (i, (depth, reaches)) in _groups.Index())
        {
            var count = ends[i + 1];
            ends[i + 1] = next;
            found.Add(new PatternEnd(depth, reaches, tokens.AsMemory(next, count)));
            next += count;
        }
        foreach (var (group, from, to) in _runs)
        {
            characters.Tokens[from..to].CopyTo(tokens.AsSpan(ends[group]));
            ends[group] += to - from;
        }
        foreach (var (group, token) in _partials)
            tokens[ends[group]++] = token;
        return found;
    }
}
