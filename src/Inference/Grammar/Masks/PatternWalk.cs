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
internal sealed class PatternWalk(CharacterTrie characters, CharacterSymbols symbols, PatternAutomaton text)
{
    private readonly List<PatternRuns.ReachedState> _states = [];

    // For each state of the automaton one more than its index among those that are reached.
    private readonly int[] _indexOf = new int[text.StateCount];

    // Where the rest of a character leads that a token has begun.
    private readonly List<PatternReach[]> _reaches = [];
    private readonly Dictionary<(int State, long Partial), int> _reachOf = [];
    private readonly Dictionary<(int Reach, int Depth), List<int>> _partials = [];
    private readonly Dictionary<(int Depth, int State), List<int>> _quotes = [];

    /// <param name="start">The state.</param>
    public PatternEnds From(int start)
    {
        // A run, and what leads nowhere before it, for each node at most.
        var (ends, targets) = (
            ArrayPool<int>.Shared.Rent(2 * (characters.Nodes.Length + 1)), ArrayPool<ushort>.Shared.Rent(2 * (characters.Nodes.Length + 1)));
        try
        {
            var count = Walk(start, ends, targets);
            return new PatternEnds(
                characters,
                new PatternRuns(ends.AsSpan(0, count), targets.AsSpan(0, count), _states),
                [.. _partials.Select(partial => new PatternEnd(partial.Key.Depth, _reaches[partial.Key.Reach], partial.Value.ToArray()))],
                [.. _quotes.Select(quotes => (quotes.Key.Depth, quotes.Key.State, quotes.Value.ToArray()))]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ends);
            ArrayPool<ushort>.Shared.Return(targets);
        }
    }

    // Optimized at once: an answer would wait long for the first walk of all tokens in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Walk(int start, int[] ends, ushort[] targets)
    {
        // The steps of the state after each character of the token that is being followed.
        var rows = new int[characters.Depth + 1][];
        var staying = new ulong[text.StateCount];
        var isKnown = new bool[text.StateCount];
        var nodes = characters.Nodes;
        var tokensTo = characters.TokensTo;
        var classes = characters.Classes;
        var deepest = characters.Deepest;
        var more = characters.More;
        var symbolOf = symbols.Symbols;
        var (count, next, done) = (0, 0, 0);
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
            var isAlike = (classes[i] & ~staying[state]) == 0;
            var end = isAlike ? node.End : i + 1;
            var (from, to) = (i == 0 ? 0 : tokensTo[i - 1], tokensTo[end - 1]);
            if (from < to)
            {
                if (from > done)
                    (ends[count], targets[count++]) = (from, PatternRuns.Nowhere);
                var target = Reach(state, node.Depth, isAlike ? deepest[i] : node.Depth);
                if (count > 0 && targets[count - 1] == target)
                    ends[count - 1] = to;
                else
                    (ends[count], targets[count++]) = (to, target);
                done = to;
            }

            while (next < more.Length && more[next] < i)
                next++;
            for (; next < more.Length && more[next] < end; next++)
                AddMore(more[next], nodes[more[next]].Depth, state);
            i = end;
        }

        if (done < characters.Tokens.Length)
            (ends[count], targets[count++]) = (characters.Tokens.Length, PatternRuns.Nowhere);
        return count;
    }

    private ushort Reach(int state, int fewest, int most)
    {
        ref var index = ref _indexOf[state];
        if (index == 0)
        {
            _states.Add(new PatternRuns.ReachedState(state, fewest, most));
            index = _states.Count;
        }
        else
        {
            ref var known = ref CollectionsMarshal.AsSpan(_states)[index - 1];
            if (fewest < known.Fewest || most > known.Most)
                known = known with { Fewest = Math.Min(known.Fewest, fewest), Most = Math.Max(known.Most, most) };
        }
        return (ushort)(index - 1);
    }

    private void AddMore(int node, int depth, int state)
    {
        if (characters.QuotesOf(node) is { IsEmpty: false } ending && text.IsEverAccepting(state))
            ListOf(_quotes, (depth, state)).AddRange(ending);

        // Those that are alike stand together.
        var last = long.MinValue;
        List<int>? alike = null;
        foreach (var (partial, token) in characters.PartialsOf(node))
        {
            if (partial != last)
                (last, alike) = (partial, ReachOf(state, partial) is var reach and >= 0 ? ListOf(_partials, (reach, depth + 1)) : null);
            alike?.Add(token);
        }
    }

    private int ReachOf(int state, long partial)
    {
        ref var reach = ref CollectionsMarshal.GetValueRefOrAddDefault(_reachOf, (state, partial), out var isKnown);
        if (isKnown)
            return reach;
        var reaches = PatternTerminal.ReachOf(text, state, partial);
        if (reaches.Length == 0)
            return reach = -1;
        var same = _reaches.FindIndex(known => known.AsSpan().SequenceEqual(reaches));
        if (same < 0)
        {
            same = _reaches.Count;
            _reaches.Add(reaches);
        }
        return reach = same;
    }

    private static List<int> ListOf<TKey>(Dictionary<TKey, List<int>> lists, TKey key)
        where TKey : notnull
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        return list ??= [];
    }
}
