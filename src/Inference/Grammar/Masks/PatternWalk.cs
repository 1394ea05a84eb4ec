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
    private readonly List<ReachedState> _states = [];

    // For each state of the automaton one more than its index among those that are reached.
    private readonly int[] _indexOf = new int[text.StateCount];

    // Where the rest of a character leads that a token has begun.
    private readonly List<PatternReach[]> _reaches = [];
    private readonly Dictionary<(int State, long Partial), int> _reachOf = [];
    private readonly Dictionary<(int Reach, int Depth), List<int>> _partials = [];

    /// <param name="start">The state.</param>
    public PatternEnds From(int start)
    {
        using var tokens = new PatternRunBuilder();
        using var quotes = new PatternRunBuilder();
        Walk(start, tokens, quotes);
        return new PatternEnds(
            characters,
            _states,
            tokens.Finish(characters.Tokens.Length),
            [.. _partials.Select(partial => new PatternEnd(partial.Key.Depth, _reaches[partial.Key.Reach], partial.Value.ToArray()))],
            quotes.Finish(characters.Quotes.Length));
    }

    // Optimized at once: an answer would wait long for the first walk of all tokens in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk(int start, PatternRunBuilder tokens, PatternRunBuilder quotes)
    {
        // The steps of the state after each character of the token that is being followed.
        var rows = new int[characters.Depth + 1][];
        var staying = new ulong[text.StateCount];
        var isKnown = new bool[text.StateCount];
        var nodes = characters.Nodes;
        var tokensTo = characters.TokensTo;
        var quotesTo = characters.QuotesTo;
        var classes = characters.Classes;
        var deepest = characters.Deepest;
        var more = characters.More;
        var symbolOf = symbols.Symbols;
        var next = 0;
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
            var (firstQuote, lastQuote) = (i == 0 ? 0 : quotesTo[i - 1], quotesTo[end - 1]);
            if (from < to || firstQuote < lastQuote)
            {
                var target = Reach(state, node.Depth, isAlike ? deepest[i] : node.Depth);
                if (from < to)
                    tokens.Add(from, to, target);
                if (firstQuote < lastQuote)
                    quotes.Add(firstQuote, lastQuote, target);
            }

            while (next < more.Length && more[next] < i)
                next++;
            for (; next < more.Length && more[next] < end; next++)
                AddMore(more[next], nodes[more[next]].Depth, state);
            i = end;
        }
    }

    private ushort Reach(int state, int fewest, int most)
    {
        ref var index = ref _indexOf[state];
        if (index == 0)
        {
            _states.Add(new ReachedState(state, fewest, most));
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
        // Those that are alike stand together.
        var last = long.MinValue;
        List<int>? alike = null;
        foreach (var (partial, token) in characters.PartialsOf(node))
        {
            if (partial != last)
                (last, alike) = (partial, ReachOf(state, partial) is var reach and >= 0 ? ListOf(reach, depth + 1) : null);
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

    private List<int> ListOf(int reach, int depth)
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_partials, (reach, depth), out _);
        return list ??= [];
    }
}
