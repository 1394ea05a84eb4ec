using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens that may follow within a pattern after some characters, by what the rest of the text costs.</summary>
internal sealed class PatternTokensByCost : CostedTokens
{
    private readonly PatternEnds _ends;
    private readonly TextLengths _lengths;
    private readonly int _count;
    private readonly int[] _last;
    private readonly StateCost[] _costs;

    /// <param name="ends">Where tokens lead.</param>
    /// <param name="lengths">How long a text may be.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="last">The tokens that end the text.</param>
    public PatternTokensByCost(PatternEnds ends, TextLengths lengths, int count, int[] last)
    {
        (_ends, _lengths, _count, _last) = (ends, lengths, count, last);
        _costs = new StateCost[ends.States.Count];
        for (var i = 0; i < _costs.Length; i++)
        {
            _costs[i] = CostOf(ends.States[i]);
            HighestCost = Math.Max(HighestCost, _costs[i].HighestFinite);
        }

        foreach (var end in ends.Partials)
            HighestCost = end.Cost(lengths, count) is < Terminal.Endless and var cost ? Math.Max(HighestCost, cost) : HighestCost;
    }

    public override int HighestCost { get; }

    public override long Bytes => (_costs.Length * 12L) + (_last.Length * sizeof(int));

    public override void AddTo(Span<ulong> mask, int cost)
    {
        AddRuns(mask, cost);
        AddOthers(mask, cost);
    }

    /// <summary>All of them.</summary>
    public ulong[] All(int maskLength)
    {
        // The fewer are followed: those that are allowed, or those of all that are not.
        var bits = new ulong[maskLength];
        if (2 * CountAllowed() > _ends.Characters.Tokens.Length)
        {
            _ends.Characters.TokenBits.CopyTo(bits);
            RemoveRuns(bits);
        }
        else
        {
            AddRuns(bits, HighestCost);
        }

        AddOthers(bits, HighestCost);
        return bits;
    }

    private int CountAllowed()
    {
        var ends = _ends.Tokens.Ends;
        var targets = _ends.Tokens.Targets;
        var (allowed, from) = (0, 0);
        for (var run = 0; run < ends.Length; run++)
        {
            allowed += targets[run] != PatternRuns.Nowhere && _costs[targets[run]].Highest < Terminal.Endless ? ends[run] - from : 0;
            from = ends[run];
        }
        return allowed;
    }

    // Optimized at once, as the next: an answer would wait for hundreds of thousands of tokens in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRuns(Span<ulong> mask, int cost)
    {
        var ends = _ends.Tokens.Ends;
        var targets = _ends.Tokens.Targets;
        var tokens = _ends.Characters.Tokens;
        var from = 0;
        for (var run = 0; run < ends.Length; from = ends[run++])
        {
            if (targets[run] == PatternRuns.Nowhere || _costs[targets[run]].Lowest > cost)
                continue;
            var isWhole = _costs[targets[run]].Highest <= cost;
            for (var i = from; i < ends[run]; i++)
            {
                if (isWhole || CostAt(run, i) <= cost)
                    mask[tokens[i] >> 6] |= 1UL << (tokens[i] & 63);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RemoveRuns(Span<ulong> mask)
    {
        var ends = _ends.Tokens.Ends;
        var targets = _ends.Tokens.Targets;
        var tokens = _ends.Characters.Tokens;
        var from = 0;
        for (var run = 0; run < ends.Length; from = ends[run++])
        {
            var isNowhere = targets[run] == PatternRuns.Nowhere;
            if (!isNowhere && _costs[targets[run]].Highest < Terminal.Endless)
                continue;
            for (var i = from; i < ends[run]; i++)
            {
                if (isNowhere || CostAt(run, i) >= Terminal.Endless)
                    mask[tokens[i] >> 6] &= ~(1UL << (tokens[i] & 63));
            }
        }
    }

    private void AddOthers(Span<ulong> mask, int cost)
    {
        foreach (var end in _ends.Partials)
        {
            if (end.Cost(_lengths, _count) <= cost)
                Add(mask, end.Tokens.Span);
        }

        if (cost >= 0)
            Add(mask, _last);
    }

    private int CostAt(int run, int token) => _lengths.Cost(
        _ends.States[_ends.Tokens.Targets[run]].State, _lengths.After(_count, _ends.Characters.TokenDepths[token]));

    private StateCost CostOf(ReachedState reached)
    {
        if (!_lengths.IsCounted)
            return StateCost.Of(_lengths.Cost(reached.State, 0));
        var all = StateCost.None;
        for (var depth = reached.Fewest; depth <= reached.Most; depth++)
            all = all.With(_lengths.Cost(reached.State, _lengths.After(_count, depth)));
        return all;
    }

    private static void Add(Span<ulong> mask, ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
            mask[token >> 6] |= 1UL << (token & 63);
    }

    /// <summary>What the rest costs from a state, over all lengths of tokens that lead there.</summary>
    private readonly record struct StateCost(int Lowest, int Highest, int HighestFinite)
    {
        public static StateCost None => new(Terminal.Endless, 0, 0);

        public static StateCost Of(int cost) => None.With(cost);

        public StateCost With(int cost) => new(
            Math.Min(Lowest, cost), Math.Max(Highest, cost), cost < Terminal.Endless ? Math.Max(HighestFinite, cost) : HighestFinite);
    }
}
