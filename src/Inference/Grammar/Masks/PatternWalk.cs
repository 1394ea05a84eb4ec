using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Follows the tokens of a vocabulary from one state of a pattern's automaton. Used once, by one thread.</summary>
/// <param name="characters">The tokens by their characters.</param>
/// <param name="symbols">The characters as symbols of the automaton's alphabet.</param>
/// <param name="text">The automaton.</param>
/// <param name="isCounted">Whether the number of characters matters.</param>
internal sealed class PatternWalk(CharacterTrie characters, CharacterSymbols symbols, PatternAutomaton text, bool isCounted)
{
    private const int Nothing = -1;

    // What a token leads to: a state, or from the number of states on a list of those that the rest of a character leads to.
    private readonly List<PatternReach[]> _reaches = [];
    private readonly Dictionary<(int State, long Partial), int> _reachOf = [];

    // By the characters of a token, then by what it leads to; groups are numbered from 1.
    private readonly int[]?[] _groupsOfStates = new int[characters.Depth + 2][];
    private readonly Dictionary<(int Reach, int Depth), int> _groupsOfReaches = [];
    private readonly List<(int Depth, PatternReach[] Reaches)> _groups = [];

    private readonly List<(int Group, int Token)> _partials = [];
    private readonly SortedDictionary<int, List<int>> _quotes = [];

    /// <param name="start">The state.</param>
    public PatternEnds From(int start)
    {
        var runs = ArrayPool<Run>.Shared.Rent(characters.Nodes.Length);
        try
        {
            var count = Walk(start, runs);
            return new PatternEnds(
                Collect(runs.AsSpan(0, count)), [.. _quotes.Select(quotes => (quotes.Key, quotes.Value.ToArray()))]);
        }
        finally
        {
            ArrayPool<Run>.Shared.Return(runs);
        }
    }

    // Optimized at once: an answer would wait long for the first walk of all tokens in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Walk(int start, Run[] runs)
    {
        // The steps of the state after each character of the token that is being followed.
        var rows = new int[characters.Depth + 1][];
        var staying = new ulong[text.StateCount];
        var isKnown = new bool[text.StateCount];
        var nodes = characters.Nodes;
        var tokensTo = characters.TokensTo;
        var classes = characters.Classes;
        var more = characters.More;
        var symbolOf = symbols.Symbols;
        var last = default(Run);
        var (count, next) = (0, 0);
        for (var i = 0; i < nodes.Length;)
        {
            ref readonly var node = ref nodes[i];
            var state = start;
            if (i > 0)
            {
                var symbol = symbolOf[node.Character];
                state = symbol < 0 ? PatternAutomaton.None : rows[node.Depth - 1][symbol];
                if (state == PatternAutomaton.None)
                {
                    i = node.End;
                    continue;
                }
            }
            rows[node.Depth] = text.RowOf(state);
            if (!isKnown[state])
            {
                isKnown[state] = true;
                staying[state] = symbols.StayingClasses(text, state);
            }

            // Where every character below leads back to the state, what is below is all alike.
            var end = (classes[i] & ~staying[state]) == 0 ? node.End : i + 1;
            var (from, to) = (i == 0 ? 0 : tokensTo[i - 1], tokensTo[end - 1]);
            if (last.State == state && last.To == from && count > 0)
                runs[count - 1] = last = last with { To = to };
            else if (from < to)
                runs[count++] = last = new Run(state, from, to);
            while (next < more.Length && more[next] < i)
                next++;
            for (; next < more.Length && more[next] < end; next++)
                AddMore(more[next], nodes[more[next]].Depth, state);
            i = end;
        }
        return count;
    }

    private void AddMore(int node, int depth, int state)
    {
        if (text.IsAccepting(state) && characters.QuotesOf(node) is { IsEmpty: false } ending)
        {
            var characterCount = isCounted ? depth : 0;
            if (!_quotes.TryGetValue(characterCount, out var quotes))
                _quotes.Add(characterCount, quotes = []);
            quotes.AddRange(ending);
        }

        // Those that are alike stand together.
        var (last, group) = (long.MinValue, 0);
        foreach (var (partial, token) in characters.PartialsOf(node))
        {
            if (partial != last)
                (last, group) = (partial, ReachOf(state, partial) is var reach && reach != Nothing ? GroupOf(reach, depth + 1) : 0);
            if (group > 0)
                _partials.Add((group, token));
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private List<PatternEnd> Collect(ReadOnlySpan<Run> runs)
    {
        var all = characters.Tokens;
        var depths = characters.TokenDepths;
        var counts = new int[_groups.Count + 1];
        foreach (var run in runs)
        {
            for (var i = run.From; i < run.To; i = Next(run, i))
                Count(ref counts, GroupOf(run.State, depths[i]), Next(run, i) - i);
        }

        foreach (var (group, _) in _partials)
            Count(ref counts, group, 1);
        var tokens = new int[counts.Sum()];
        var found = new List<PatternEnd>(_groups.Count);
        var next = 0;
        var ends = new int[_groups.Count + 1];
        foreach (var (i, (depth, reaches)) in _groups.Index())
        {
            ends[i + 1] = next;
            found.Add(new PatternEnd(depth, reaches, tokens.AsMemory(next, counts[i + 1])));
            next += counts[i + 1];
        }

        foreach (var run in runs)
        {
            for (var i = run.From; i < run.To; i = Next(run, i))
            {
                ref var end = ref ends[GroupOf(run.State, depths[i])];
                if (isCounted)
                    tokens[end++] = all[i];
                else
                    all[i..run.To].CopyTo(tokens.AsSpan(end));
                end += isCounted ? 0 : run.To - i;
            }
        }

        foreach (var (group, token) in _partials)
            tokens[ends[group]++] = token;
        return found;
    }

    private static void Count(ref int[] counts, int group, int more)
    {
        if (group >= counts.Length)
            Array.Resize(ref counts, 2 * (group + 1));
        counts[group] += more;
    }

    // Where characters are not counted, all of a run is of one group.
    private int Next(Run run, int at) => isCounted ? at + 1 : run.To;

    /// <summary>Tokens that follow one another and lead to the same state.</summary>
    private readonly record struct Run(int State, int From, int To);
}
