using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>How many tokens it takes at least to write what is fixed.</summary>
/// <param name="trie">The tokens by their bytes.</param>
/// <param name="without">A bit for each token that is not used for it; null for none.</param>
internal sealed class TextCosts(TokenTrie trie, ulong[]? without)
{
    /// <summary>For each offset into a text the tokens that write the rest of it.</summary>
    public int[] OfText(ReadOnlySpan<byte> text)
    {
        var costs = new int[text.Length + 1];
        for (var offset = text.Length - 1; offset >= 0; offset--)
        {
            costs[offset] = CompletionCosts.Infinite;
            var node = trie.Child(0, text[offset]);
            for (var end = offset + 1; node != TokenTrie.None; node = end < text.Length ? trie.Child(node, text[end++]) : TokenTrie.None)
            {
                if (IsToken(node))
                    costs[offset] = Math.Min(costs[offset], 1 + costs[end]);
            }
        }
        return costs;
    }

    /// <summary>For each state of a terminal the tokens that lead to where it may end.</summary>
    public int[] OfStates(TableTerminal terminal)
    {
        var costs = new int[terminal.StateCount];
        for (var state = 0; state < costs.Length; state++)
            costs[state] = terminal.Exit(state) == Terminal.None ? CompletionCosts.Infinite : 0;

        // States mostly lead to later ones, so going backwards one pass nearly always does, and a second one finds nothing.
        for (var changed = true; changed;)
        {
            changed = false;
            for (var state = costs.Length - 1; state >= 0; state--)
            {
                var cost = Math.Min(costs[state], 1 + Cheapest(terminal, state, 0, costs));
                changed |= cost < costs[state];
                costs[state] = cost;
            }
        }
        return costs;
    }

    private int Cheapest(TableTerminal terminal, int state, int node, int[] costs)
    {
        var cheapest = CompletionCosts.Infinite;
        var (bytes, targets) = terminal.EdgesOf(state);
        for (var edge = 0; edge < bytes.Length; edge++)
        {
            var next = targets.Span[edge];
            var child = trie.Child(node, bytes.Span[edge]);
            if (child == TokenTrie.None)
                continue;
            if (IsToken(child))
                cheapest = Math.Min(cheapest, costs[next]);
            cheapest = Math.Min(cheapest, Cheapest(terminal, next, child, costs));
        }
        return cheapest;
    }

    private bool IsToken(int node)
    {
        foreach (var token in trie.TokensAt(node))
        {
            if (without is null || (without[token >> 6] >> (token & 63) & 1) == 0)
                return true;
        }

        return false;
    }
}
