using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Tokens that lead from one state of a pattern to the same place.</summary>
/// <param name="Depth">The characters that they begin, where characters are counted.</param>
/// <param name="Reaches">The states that are reached, once the last character is complete.</param>
/// <param name="Tokens">The tokens.</param>
internal readonly record struct PatternEnd(int Depth, PatternReach[] Reaches, ReadOnlyMemory<int> Tokens)
{
    /// <summary>The tokens that certainly suffice to the end of the text, when so many characters stood before.</summary>
    public int Cost(TextLengths lengths, int count)
    {
        var after = lengths.After(count, Depth);
        var cheapest = Terminal.Endless;
        foreach (var (bytes, state) in Reaches)
            cheapest = Math.Min(cheapest, bytes + lengths.Cost(state, after));
        return cheapest;
    }
}
