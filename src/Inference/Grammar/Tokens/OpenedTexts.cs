using System.Collections.Concurrent;
using Qwen35Batch.Inference.Grammar.Automata;
using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// What the tokens of a trie do within quoted texts that are opened in them: it is followed once, wherever in an answer such a text
/// stands. Thread-safe.
/// </summary>
internal sealed class OpenedTexts(TokenTrie trie, CompletionCosts costs)
{
    private const int MostTokens = 4 << 20;

    private readonly ConcurrentDictionary<(Terminal, long, int), OpenedText> _known = new();
    private int _tokens;

    /// <summary>The tokens below a node at which a text is in a state, and where below it the text has ended.</summary>
    public OpenedText At(Terminal text, long state, int node)
    {
        if (_known.TryGetValue((text, state, node), out var known))
            return known;
        var (byCost, exits) = (new Dictionary<int, List<int>>(), new List<int>());
        Walk(text, state, node, byCost, exits);
        var found = new OpenedText([.. byCost.Select(group => (group.Key, (ReadOnlyMemory<int>)group.Value.ToArray()))], exits);

        // A schema may have many patterns with many states each.
        var size = 1 + byCost.Values.Sum(tokens => tokens.Count);
        if (Interlocked.Add(ref _tokens, size) > MostTokens)
        {
            _known.Clear();
            Interlocked.Exchange(ref _tokens, size);
        }
        return _known.GetOrAdd((text, state, node), found);
    }

    private void Walk(Terminal text, long state, int node, Dictionary<int, List<int>> byCost, List<int> exits)
    {
        var children = trie.ChildrenOf(node);
        for (var child = children.Start.Value; child < children.End.Value; child++)
        {
            var following = text.Step(state, trie.ByteOf(child));
            if (following == Terminal.None)
                continue;
            if (!trie.TokensAt(child).IsEmpty && costs.State(text, following) is < CompletionCosts.Infinite and var cost)
            {
                if (!byCost.TryGetValue(cost, out var tokens))
                    byCost.Add(cost, tokens = []);
                tokens.AddRange(trie.TokensAt(child));
            }

            if (text.Exit(following) == Terminal.None)
                Walk(text, following, child, byCost, exits);
            else if (trie.HasChildren(child))
                exits.Add(child);
        }
    }

    /// <param name="Groups">The tokens that stay within the text or end it, by how many tokens suffice to its end afterwards.</param>
    /// <param name="Exits">The nodes where the text has ended and longer tokens go on.</param>
    public sealed record OpenedText(IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> Groups, IReadOnlyList<int> Exits);
}
