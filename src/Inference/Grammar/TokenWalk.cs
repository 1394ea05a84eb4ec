using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Grammar;

/// <summary>Follows the tokens of a vocabulary through a grammar. Used once, by one thread.</summary>
internal sealed class TokenWalk(TokenTrie trie, ByteSteps steps, CompletionCosts costs, StringTokens strings)
{
    private readonly List<(int Cost, int Token)> _found = [];
    private readonly List<Cursor> _cursors = [];
    private bool _stopAtFirst;

    /// <summary>The tokens that may follow, the cheapest first; without those that stay within a string where the walk begins.</summary>
    public (int[] Tokens, int[] Costs) Next(Cursor cursor)
    {
        if (cursor.Terminal is StringTerminal)
        {
            var after = ByteSteps.AfterValue(cursor.Frame);
            foreach (var node in strings.Mask(strings.Canonical(cursor.State)).Exits)
                Walk(after, node);
        }
        else
        {
            Walk(cursor, 0);
        }
        var found = CollectionsMarshal.AsSpan(_found);
        found.Sort();
        var (tokens, tokenCosts) = (new int[found.Length], new int[found.Length]);
        for (var i = 0; i < found.Length; i++)
            (tokenCosts[i], tokens[i]) = found[i];
        return (tokens, tokenCosts);
    }

    /// <summary>Whether any token goes on from a node of the trie at one of these places.</summary>
    public bool GoesOn(IReadOnlyList<Cursor> cursors, int node)
    {
        _stopAtFirst = true;
        for (var i = 0; i < cursors.Count && _found.Count == 0; i++)
            Walk(cursors[i], node);
        return _found.Count > 0;
    }

    private void Walk(Cursor cursor, int node)
    {
        var only = cursor.Terminal.Exit(cursor.State) == Terminal.None ? cursor.Terminal.OnlyByte(cursor.State) : Terminal.None;
        if (only != Terminal.None)
        {
            var child = trie.Child(node, (byte)only);
            if (child != TokenTrie.None)
                Visit(cursor, child);
            return;
        }
        var children = trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value && !(_stopAtFirst && _found.Count > 0); child++)
            Visit(cursor, child);
    }

    private void Visit(Cursor cursor, int child)
    {
        var first = _cursors.Count;
        steps.Step(cursor, trie.ByteOf(child), _cursors);
        for (var i = first; i < _cursors.Count; i++)
        {
            var next = _cursors[i];
            var tokens = trie.TokensAt(child);
            if (!tokens.IsEmpty && costs.Of(next) is < CompletionCosts.Infinite and var cost)
                foreach (var token in tokens)
                    _found.Add((cost, token));

            // What the call adds it also removes.
            Walk(next, child);
        }
        _cursors.RemoveRange(first, _cursors.Count - first);
    }
}
