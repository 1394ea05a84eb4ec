using Qwen35Batch.Inference.Grammar.Automata;

namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>
/// Where the tokens of a vocabulary lead from one state of a pattern. Lengths are counted beside it, so it gives the masks of all counts.
/// </summary>
/// <param name="ends">The tokens that stay within the text.</param>
/// <param name="quotes">The nodes of the token trie where the text has ended, by the characters before.</param>
internal sealed class PatternEnds(IReadOnlyList<PatternEnd> ends, IReadOnlyList<(int Depth, int[] Nodes)> quotes)
{
    private ulong[]? _all;

    /// <summary>The most characters of a token that begins here.</summary>
    public int Depth { get; } = Math.Max(
        ends.Select(end => end.Depth).DefaultIfEmpty(0).Max(), quotes.Select(quote => quote.Depth).DefaultIfEmpty(0).Max());

    public long Bytes => ends.Sum(end => 80L + (end.Tokens.Length * sizeof(int))) + quotes.Sum(quote => quote.Nodes.Length * sizeof(int));

    /// <summary>The tokens that may follow after so many characters.</summary>
    /// <param name="lengths">How long a text may be.</param>
    /// <param name="count">The characters so far.</param>
    /// <param name="trie">The tokens by their bytes.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    public StringMask Mask(TextLengths lengths, int count, TokenTrie trie, int maskLength)
    {
        var groups = new List<(int Cost, ReadOnlyMemory<int> Tokens)>();
        var others = new List<ReadOnlyMemory<int>>();
        foreach (var end in ends)
        {
            if (end.Cost(lengths, count) is < Terminal.Endless and var cost)
                groups.Add((cost, end.Tokens));
            else
                others.Add(end.Tokens);
        }

        // The fewer are followed: those that are allowed, or those of all that are not.
        var isNearlyAll = others.Sum(tokens => tokens.Length) < groups.Sum(group => group.Tokens.Length);
        var bits = isNearlyAll ? (ulong[])(_all ??= All(maskLength)).Clone() : new ulong[maskLength];
        foreach (var tokens in isNearlyAll ? others : groups.Select(group => group.Tokens))
            Flip(bits, tokens.Span);
        var exits = new List<int>();
        var last = new List<int>();
        foreach (var (characters, nodes) in quotes)
        {
            if (!lengths.MayEnd(lengths.After(count, characters)))
                continue;
            foreach (var node in nodes)
            {
                last.AddRange(trie.TokensAt(node));
                if (trie.HasChildren(node))
                    exits.Add(node);
            }
        }

        foreach (var token in last)
            bits[token >> 6] |= 1UL << (token & 63);
        groups.Add((0, last.ToArray()));
        return new StringMask(bits, groups, exits);
    }

    private ulong[] All(int maskLength)
    {
        var all = new ulong[maskLength];
        foreach (var end in ends)
            Flip(all, end.Tokens.Span);
        return all;
    }

    private static void Flip(ulong[] bits, ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
            bits[token >> 6] ^= 1UL << (token & 63);
    }
}
