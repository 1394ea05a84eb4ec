using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens that may follow within a pattern after some characters, by what the rest of the text costs.</summary>
internal sealed class PatternTokensByCost : CostedTokens
{
    private readonly PatternEnds _ends;
    private readonly TextLengths _lengths;
    private readonly int _count;
    private readonly StateCost[] _costs;

    /// <param name="ends">Where tokens lead.</param>
    /// <param name="lengths">How long a text may be.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="last">The tokens that end the text.</param>
    public PatternTokensByCost(PatternEnds ends, TextLengths lengths, int count, int[] last)
    {
        (_ends, _lengths, _count, Last) = (ends, lengths, count, last);
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

    public override long Bytes => _costs.Sum(cost => 32L + (cost.ByDepth.Length * sizeof(int)));

    /// <summary>The tokens that end the text.</summary>
    public int[] Last { get; }

    public override void AddTo(Span<ulong> mask, int cost)
    {
        AddRuns(mask, cost);
        AddOthers(mask, cost);
    }

    /// <summary>All of them.</summary>
    public ulong[] All(int maskLength)
    {
        var bits = new ulong[maskLength];
        if (Array.TrueForAll(_costs, cost => cost.Certain >= CharacterTrie.ShortToken || cost.Highest < Terminal.Endless))
        {
            // The others are few.
            _ends.All.CopyTo(bits);
            if (Array.Exists(_costs, cost => cost.Highest >= Terminal.Endless))
                RemoveLong(bits);
        }
        else
        {
            AddRuns(bits, HighestCost);
        }

        AddOthers(bits, HighestCost);
        return bits;
    }

    // Optimized at once, as the next: an answer would wait for hundreds of thousands of tokens in code that is not.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRuns(Span<ulong> mask, int cost)
    {
        var ends = _ends.Tokens.Ends;
        var targets = _ends.Tokens.Targets;
        var tokens = _ends.Characters.Tokens;
        var depths = _ends.Characters.TokenDepths;
        var from = 0;
        for (var run = 0; run < ends.Length; from = ends[run++])
        {
            if (targets[run] == PatternRuns.Nowhere || _costs[targets[run]].Lowest > cost)
                continue;
            ref readonly var state = ref _costs[targets[run]];
            if (state.Highest <= cost)
            {
                for (var i = from; i < ends[run]; i++)
                    mask[tokens[i] >> 6] |= 1UL << (tokens[i] & 63);
                continue;
            }

            var byDepth = state.ByDepth;
            for (var i = from; i < ends[run]; i++)
            {
                if (byDepth[depths[i] - state.Fewest] <= cost)
                    mask[tokens[i] >> 6] |= 1UL << (tokens[i] & 63);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RemoveLong(Span<ulong> mask)
    {
        var ends = _ends.Tokens.Ends;
        var targets = _ends.Tokens.Targets;
        var tokens = _ends.Characters.Tokens;
        var depths = _ends.Characters.TokenDepths;
        var run = 0;
        foreach (var i in _ends.Characters.LongTokens)
        {
            while (ends[run] <= i)
                run++;
            if (targets[run] == PatternRuns.Nowhere)
                continue;
            ref readonly var state = ref _costs[targets[run]];
            if (state.Highest >= Terminal.Endless && state.ByDepth[depths[i] - state.Fewest] >= Terminal.Endless)
                mask[tokens[i] >> 6] &= ~(1UL << (tokens[i] & 63));
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
            Add(mask, Last);
    }

    private StateCost CostOf(ReachedState reached)
    {
        if (!_lengths.IsCounted)
            return StateCost.Of(_lengths.Cost(reached.State, 0));
        var byDepth = new int[reached.Most - reached.Fewest + 1];
        for (var i = 0; i < byDepth.Length; i++)
            byDepth[i] = _lengths.Cost(reached.State, _lengths.After(_count, reached.Fewest + i));
        return StateCost.Of(byDepth, reached.Fewest);
    }

    private static void Add(Span<ulong> mask, ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
            mask[token >> 6] |= 1UL << (token & 63);
    }

    /// <summary>What the rest costs from a state.</summary>
    /// <param name="Lowest">The least over all lengths of tokens that lead there.</param>
    /// <param name="Highest">The most.</param>
    /// <param name="HighestFinite">The most where there is a way to the end.</param>
    /// <param name="Certain">Up to so many characters of a token there certainly is a way to the end.</param>
    /// <param name="Fewest">The characters of the first of <paramref name="ByDepth"/>.</param>
    /// <param name="ByDepth">The costs by the characters of the token; none where they are all the same.</param>
    private readonly record struct StateCost(int Lowest, int Highest, int HighestFinite, int Certain, int Fewest, int[] ByDepth)
    {
        public static StateCost Of(int cost) => cost < Terminal.Endless
            ? new(cost, cost, cost, int.MaxValue, 0, [])
            : new(cost, cost, 0, 0, 0, []);

        public static StateCost Of(int[] byDepth, int fewest)
        {
            if (byDepth.AsSpan().IndexOfAnyExcept(byDepth[0]) < 0)
                return Of(byDepth[0]);
            var endless = Array.FindIndex(byDepth, cost => cost >= Terminal.Endless);
            return new(
                byDepth.Min(),
                byDepth.Max(),
                byDepth.Where(cost => cost < Terminal.Endless).DefaultIfEmpty(0).Max(),
                endless < 0 ? int.MaxValue : fewest + endless - 1,
                fewest,
                byDepth);
        }
    }
}
