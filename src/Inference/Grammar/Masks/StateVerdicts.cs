using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// The verdicts on the states of an automaton that do not depend on how long a text is, and the symbols behind which they change. Used
/// once, by one thread.
/// </summary>
internal sealed class StateVerdicts
{
    private readonly PatternAutomaton _text;
    private readonly Verdict[] _verdicts;

    // By state, once it is known: symbols as bits, where those that are alike in their last six bits share one.
    private readonly (bool IsKnown, ulong Leaving, ulong Changing)[] _symbols;

    /// <param name="text">The automaton.</param>
    /// <param name="judge">The verdict on a state.</param>
    public StateVerdicts(PatternAutomaton text, Func<int, Verdict> judge)
    {
        (_text, _verdicts, _symbols) = (text, new Verdict[text.StateCount], new (bool, ulong, ulong)[text.StateCount]);
        for (var state = 0; state < _verdicts.Length; state++)
            _verdicts[state] = judge(state);
    }

    public ReadOnlySpan<Verdict> All => _verdicts;

    /// <summary>Whether all texts of some symbols, as bits, have the verdict of the state before them; null where that is not seen at
    /// once.</summary>
    public bool? AreAlike(int state, ulong below)
    {
        ref var symbols = ref _symbols[state];
        if (!symbols.IsKnown)
            symbols = Look(state);
        return (below & symbols.Leaving) == 0 ? true : (below & symbols.Changing) != 0 ? false : null;
    }

    private (bool, ulong, ulong) Look(int state)
    {
        var isTaken = _verdicts[state] == Verdict.Taken;
        var (leaving, changing) = (0UL, 0UL);
        foreach (var (symbol, target) in _text.RowOf(state).Index())
        {
            var bit = 1UL << (symbol & 63);
            if (target != state)
                leaving |= bit;
            if ((target != PatternAutomaton.None && _verdicts[target] == Verdict.Taken) != isTaken)
                changing |= bit;
        }
        return (true, leaving, changing);
    }
}
