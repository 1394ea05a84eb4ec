using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Follows the few tokens with an escape byte by byte through the text of a pattern.</summary>
internal sealed class EscapeWalk(TokenTrie trie)
{
    /// <summary>Adds the tokens at and below a node that a state allows.</summary>
    public void Follow(PatternTerminal terminal, long state, int node, PatternTokens.Found found)
    {
        if (state == Terminal.None)
            return;
        var cost = terminal.Cost(state);
        if (cost < Terminal.Endless)
            found.Add(cost, trie.TokensAt(node).ToArray());
        if (terminal.Exit(state) != Terminal.None)
        {
            if (trie.HasChildren(node))
                found.Exits.Add(node);
            return;
        }
        var children = trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
            Follow(terminal, terminal.Step(state, trie.ByteOf(child)), child, found);
    }
}
