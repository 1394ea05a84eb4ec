using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Follows merged texts from one place of a pattern. Where all that may stand below a node leads to the same verdict, it is not followed:
/// that is seen on the automaton alone. Used once, by one thread.
/// </summary>
/// <param name="trie">The texts.</param>
/// <param name="symbols">The symbols of their classes.</param>
/// <param name="terminal">The pattern.</param>
/// <param name="count">The characters before the texts, where they are counted.</param>
/// <param name="aim">Which texts are taken.</param>
/// <param name="known">What other walks have found, or null where there is little to find.</param>
internal sealed class PatternWalk(SymbolTrie trie, AlphabetSymbols symbols, PatternTerminal terminal, int count, WalkAim aim, KnownWalks? known)
{
    // Fewer nodes are followed sooner than the automaton is asked.
    private const int FewNodes = 16;

    // Looking ahead may take so small a part of what the whole walk would, and each time so many steps at least.
    private const int Saving = 4;
    private const int FewSteps = 512;

    private readonly PatternAutomaton _text = terminal.Text;
    private readonly TextLengths _lengths = terminal.Lengths;
    private readonly List<TakenNodes> _taken = [];
    private readonly HashSet<int> _seen = [];

    // By state the classes that leave it, as bits; none are where that is not known.
    private readonly ulong[] _leaving = new ulong[terminal.Text.StateCount];

    // The nodes around the one that is followed of which is kept what is taken, and where that begins.
    private readonly Stack<(int Node, int State, int Taken)> _kept = [];
    private int _keptFrom;
    private int _keptTo = int.MaxValue;
    private int _steps = trie.Nodes.Length / Saving;
    private List<int> _open = [];
    private List<int> _next = [];

    // Else a place is taken at what it costs.
    private const int Dead = Terminal.Endless;
    private const int Left = -1;

    /// <summary>The nodes whose texts are taken.</summary>
    /// <param name="start">The state of the automaton before the texts.</param>
    // Optimized at once: an answer would wait long for the first walk in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public List<TakenNodes> From(int start)
    {
        // The steps of the state after each symbol of the text that is being followed.
        var rows = new int[trie.Depth + 1][];
        var nodes = trie.Nodes;
        var symbolOf = symbols.SymbolOf;
        var wholeCount = symbols.WholeCount;
        for (var i = 0; i < nodes.Length;)
        {
            if (i >= _keptTo)
                Keep(i);
            ref readonly var node = ref nodes[i];
            var symbol = i == 0 ? PatternAutomaton.None : symbolOf[node.Symbol];
            if (symbol >= wholeCount)
            {
                if (Begun(rows[node.Depth - 1], symbol, node.Depth) is < Dead and var begun)
                    Take(i, i + 1, begun);
                i++;
                continue;
            }

            var state = i == 0 ? start : symbol == PatternAutomaton.None ? symbol : rows[node.Depth - 1][symbol];
            var verdict = state == PatternAutomaton.None ? Dead : Judge(state, node.Depth);
            if (verdict == Dead)
            {
                i = node.End;
                continue;
            }

            if (known is not null && KnownWalks.AreWorth(node.End - i))
            {
                if (known.Find(Place(i, state)) is { } taken)
                {
                    _taken.AddRange(taken);
                    i = node.End;
                    continue;
                }
                _kept.Push((i, state, _taken.Count));
                (_keptFrom, _keptTo) = (_taken.Count, node.End);
            }

            rows[node.Depth] = _text.RowOf(state);
            var end = node.End - i > 1 && (Stays(state, i, verdict) || (node.End - i >= FewNodes && AreAlike(state, i, verdict)))
                ? node.End
                : i + 1;
            if (verdict != Left)
                Take(i, end, verdict);
            i = end;
        }
        Keep(nodes.Length);
        return _taken;
    }

    // Where the walk leaves nodes of which is kept what was taken.
    private void Keep(int next)
    {
        while (_kept.TryPeek(out var kept) && trie.Nodes[kept.Node].End <= next)
        {
            known!.Keep(Place(kept.Node, kept.State), CollectionsMarshal.AsSpan(_taken)[kept.Taken..].ToArray());
            _kept.Pop();
        }

        // What is kept of a node holds no part of one before it.
        (_keptFrom, _keptTo) = _kept.TryPeek(out var around) ? (_taken.Count, trie.Nodes[around.Node].End) : (0, int.MaxValue);
    }

    private KnownWalks.Place Place(int node, int state) => new(terminal, aim, node, state, count);

    // Where there is no way to an end, there is none behind it.
    private int Judge(int state, int depth)
    {
        var after = _lengths.After(count, depth);
        var cost = _lengths.Cost(state, after);
        return cost >= Terminal.Endless ? Dead
            : aim == WalkAim.Costed ? cost
            : aim == WalkAim.Within || terminal.MayEnd(state, after) ? 0
            : Left;
    }

    private int Begun(int[] row, int begun, int depth)
    {
        var (after, cheapest) = (_lengths.After(count, depth), Dead);
        foreach (var (bytes, symbol) in symbols.RestsOf(begun))
        {
            if (row[symbol] is var state && state != PatternAutomaton.None)
                cheapest = Math.Min(cheapest, bytes + _lengths.Cost(state, after));
        }

        return cheapest >= Dead ? Dead : aim == WalkAim.Costed ? cheapest : 0;
    }

    /// <summary>Whether all that is below a node stays in its state, and has its verdict.</summary>
    private bool Stays(int state, int node, int verdict)
    {
        if (trie.HasBegun)
            return false;
        ref var leaving = ref _leaving[state];
        if (leaving == 0)
            leaving = symbols.Leaving(state, _text.RowOf(state));
        var steps = int.MaxValue;
        return (trie.Below[node] & leaving) == 0 && IsAlways(verdict, state, trie.Nodes[node].Depth, trie.Deepest[node], ref steps);
    }

    /// <summary>Whether any text of the symbols below a node, as long as those there, has the node's verdict.</summary>
    private bool AreAlike(int state, int node, int verdict)
    {
        if (trie.HasBegun || (verdict != Left && symbols.MayBeStrange(trie.Below[node])))
            return false;
        var (depth, deepest, below) = (trie.Nodes[node].Depth, trie.Deepest[node], symbols.Below(trie.Below[node]));
        var allowed = Math.Min(_steps, Math.Max(FewSteps, (trie.Nodes[node].End - node) / Saving));
        var left = allowed;
        var areAlike = Foresee(state, verdict, below, depth, deepest, ref left);
        _steps -= allowed - Math.Max(left, 0);
        return areAlike;
    }

    private bool Foresee(int state, int verdict, ulong below, int depth, int deepest, ref int steps)
    {
        if (!IsAlways(verdict, state, depth, deepest, ref steps))
            return false;
        _seen.Clear();
        _open.Clear();
        _seen.Add(state);
        _open.Add(state);
        while (_open.Count > 0 && ++depth <= deepest)
        {
            _next.Clear();
            foreach (var from in _open)
            {
                var row = _text.RowOf(from);
                for (var symbol = 0; symbol < row.Length; symbol++)
                {
                    if ((below >> (symbol & 63) & 1) == 0)
                        continue;
                    if (--steps < 0)
                        return false;
                    if (row[symbol] == PatternAutomaton.None)
                    {
                        if (verdict != Left)
                            return false;
                    }
                    else if (_seen.Add(row[symbol]))
                    {
                        if (!IsAlways(verdict, row[symbol], depth, deepest, ref steps))
                            return false;
                        _next.Add(row[symbol]);
                    }
                }
            }

            (_open, _next) = (_next, _open);
        }
        return true;
    }

    private bool IsAlways(int verdict, int state, int from, int to, ref int steps)
    {
        for (var depth = from; depth <= (_lengths.IsCounted ? to : from); depth++)
        {
            if (--steps < 0 || !IsAlike(Judge(state, depth), verdict))
                return false;
        }

        return true;
    }

    // What leads nowhere is not taken either.
    private static bool IsAlike(int verdict, int other) => verdict == other || (other == Left && verdict == Dead);

    private void Take(int from, int to, int cost)
    {
        if (_taken.Count > _keptFrom && _taken[^1] is var last && last.To == from && last.Cost == cost)
            _taken[^1] = last with { To = to };
        else
            _taken.Add(new TakenNodes(from, to, cost));
    }
}
