using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Follows merged texts from one place of a pattern. Where all that may stand below a node leads to the same verdict, it is not followed:
/// that is seen on the automaton alone. Used once, by one thread.
/// </summary>
/// <param name="trie">The texts. Those with characters that the pattern's alphabet lacks may be taken along with others.</param>
/// <param name="terminal">The pattern.</param>
/// <param name="count">The characters before the texts, where they are counted.</param>
/// <param name="limit">Taken are texts after which at most so many tokens end the pattern; null for those that may be its end.</param>
internal sealed class PatternWalk(AlphabetTrie trie, PatternTerminal terminal, int count, int? limit)
{
    // Looking ahead may take so small a part of what the whole walk would, and each time so many steps at least.
    private const int Saving = 4;
    private const int FewSteps = 512;

    // Of more states most are never met.
    private const int FewStates = 4096;

    private readonly PatternAutomaton _text = terminal.Text;
    private readonly TextLengths _lengths = terminal.Lengths;
    private readonly List<(int From, int To)> _taken = [];
    private readonly HashSet<int> _seen = [];
    private StateVerdicts? _verdicts;
    private int _steps = trie.Nodes.Length / Saving;
    private List<int> _open = [];
    private List<int> _next = [];

    /// <summary>The nodes whose texts are taken.</summary>
    /// <param name="start">The state of the automaton before the texts.</param>
    // Optimized at once: an answer would wait long for the first walk in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public List<(int From, int To)> From(int start)
    {
        // The steps of the state after each symbol of the text that is being followed.
        var rows = new int[trie.Depth + 1][];
        var nodes = trie.Nodes;
        ReadOnlySpan<Verdict> verdicts = [];
        if (!_lengths.IsCounted && _text.StateCount <= FewStates)
        {
            _verdicts = new StateVerdicts(_text, state => Judge(state, 0));
            verdicts = _verdicts.All;
        }

        var symbolOf = trie.Symbols.SymbolOf;
        var wholeCount = trie.Symbols.WholeCount;
        for (var i = 0; i < nodes.Length;)
        {
            ref readonly var node = ref nodes[i];
            var symbol = i == 0 ? PatternAutomaton.None : symbolOf[node.Symbol];
            if (symbol >= wholeCount)
            {
                if (MayBegin(rows[node.Depth - 1], symbol, node.Depth))
                    Take(i, i + 1);
                i++;
                continue;
            }

            var state = i == 0 ? start : symbol == PatternAutomaton.None ? symbol : rows[node.Depth - 1][symbol];
            var verdict = state == PatternAutomaton.None ? Verdict.Dead
                : verdicts.IsEmpty ? Judge(state, node.Depth)
                : verdicts[state];
            if (verdict == Verdict.Dead)
            {
                i = node.End;
                continue;
            }

            var end = node.End;
            if (end > i + 1)
            {
                rows[node.Depth] = _text.RowOf(state);
                if (!SymbolTrie.IsBroad(i, end) || !AreAlike(state, i, verdict))
                    end = i + 1;
            }

            if (verdict == Verdict.Taken)
                Take(i, end);
            i = end;
        }
        return _taken;
    }

    // Where there is no way to an end, there is none behind it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Verdict Judge(int state, int depth)
    {
        var after = _lengths.After(count, depth);
        var cost = _lengths.Cost(state, after);
        return cost >= Terminal.Endless ? Verdict.Dead
            : limit is { } most ? cost <= most ? Verdict.Taken : Verdict.Left
            : terminal.MayEnd(state, after) ? Verdict.Taken
            : Verdict.Left;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool MayBegin(int[] row, int begun, int depth)
    {
        var after = _lengths.After(count, depth);
        foreach (var (bytes, symbol) in trie.Symbols.RestsOf(begun))
        {
            if (row[symbol] is var state && state != PatternAutomaton.None && bytes + _lengths.Cost(state, after) <= limit)
                return true;
        }

        return false;
    }

    /// <summary>Whether any text of the symbols below a node, as long as those there, has the node's verdict.</summary>
    private bool AreAlike(int state, int node, Verdict verdict)
    {
        if (trie.HasBegun)
            return false;
        var (below, deepest) = trie.Of(node);
        if (_verdicts?.AreAlike(state, below) is { } seen)
            return seen;
        var allowed = Math.Min(_steps, Math.Max(FewSteps, (trie.Nodes[node].End - node) / Saving));
        var left = allowed;
        var areAlike = Foresee(state, verdict, below, trie.Nodes[node].Depth, deepest, ref left);
        _steps -= allowed - Math.Max(left, 0);
        return areAlike;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Foresee(int state, Verdict verdict, ulong below, int depth, int deepest, ref int steps)
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
                        if (verdict == Verdict.Taken)
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsAlways(Verdict verdict, int state, int from, int to, ref int steps)
    {
        for (var depth = from; depth <= (_lengths.IsCounted ? to : from); depth++)
        {
            if (--steps < 0 || (Judge(state, depth) == Verdict.Taken) != (verdict == Verdict.Taken))
                return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(int from, int to)
    {
        if (_taken.Count > 0 && _taken[^1].To == from)
            _taken[^1] = (_taken[^1].From, to);
        else
            _taken.Add((from, to));
    }
}
