using System.Numerics;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>A place within the text of a pattern, while tokens are followed.</summary>
/// <param name="Terminal">The pattern.</param>
/// <param name="Text">The automaton's state.</param>
/// <param name="Count">The characters so far, where they are counted.</param>
/// <param name="Depth">How many of them are the token's.</param>
internal readonly record struct PatternPlace(PatternTerminal Terminal, int Text, int Count, int Depth)
{
    public bool IsPossible => CostAt(Depth) < Automata.Terminal.Endless;

    public bool IsCounted => Terminal.Lengths.IsCounted;

    /// <summary>Whether all of some symbols lead back to the state.</summary>
    public bool StaysWith(ulong symbols)
    {
        for (; symbols != 0; symbols &= symbols - 1)
        {
            if (Terminal.Text.NextOf(Text, BitOperations.TrailingZeroCount(symbols)) != Text)
                return false;
        }

        return true;
    }

    public PatternPlace? After(int symbol) => Terminal.Text.NextOf(Text, symbol) is var next && next != PatternAutomaton.None
        ? new PatternPlace(Terminal, next, Terminal.Lengths.After(Count), Depth + 1)
        : null;

    /// <summary>What it costs to end at this state, so many characters into the token.</summary>
    public int CostAt(int depth) => Terminal.Cost(PatternTerminal.Between(Text, CountAt(depth)));

    public bool MayEndAt(int depth) => Terminal.MayEnd(Text, CountAt(depth));

    /// <summary>The state after the first bytes of a character.</summary>
    public long StateWithin(PartialCharacter partial, int depth) =>
        IsPossibleAt(depth) ? Terminal.Within(Text, CountAt(depth), partial) : Automata.Terminal.None;

    /// <summary>The state after a byte.</summary>
    public long StateAt(int depth, byte next) =>
        IsPossibleAt(depth) ? Terminal.Step(PatternTerminal.Between(Text, CountAt(depth)), next) : Automata.Terminal.None;

    private bool IsPossibleAt(int depth) => CostAt(depth) < Automata.Terminal.Endless;

    private int CountAt(int depth) => Terminal.Lengths.After(Count, depth - Depth);
}
