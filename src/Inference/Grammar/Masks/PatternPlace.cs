using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>A place between two characters of a pattern's text, and which tokens are looked for there.</summary>
/// <param name="Terminal">The pattern.</param>
/// <param name="State">The state of its automaton.</param>
/// <param name="Count">The characters so far, where they are counted.</param>
/// <param name="Limit">Of the tokens that stay within the text only those after which at most so many tokens end it.</param>
internal readonly record struct PatternPlace(PatternTerminal Terminal, int State, int Count, int Limit)
{
    /// <summary>All tokens of a state between two characters.</summary>
    public static PatternPlace Of(PatternTerminal terminal, long state, int mostMissing)
    {
        var (text, count) = PatternTerminal.PlaceOf(state);
        return new(terminal, text, count, terminal.Lengths.HighestCost(count) + mostMissing);
    }
}
