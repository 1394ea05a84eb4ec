namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>Tokens that have been found to be allowed within a text, by what they cost.</summary>
internal sealed class FoundTokens(int maskLength)
{
    public ulong[] Bits { get; } = new ulong[maskLength];

    public List<(int Cost, ReadOnlyMemory<int> Tokens)> Groups { get; } = [];

    /// <summary>The nodes of the token trie where the text has ended and longer tokens go on.</summary>
    public List<int> Exits { get; } = [];

    public void Add(int cost, ReadOnlyMemory<int> tokens)
    {
        if (tokens.IsEmpty)
            return;
        Groups.Add((cost, tokens));
        foreach (var token in tokens.Span)
            Bits[token >> 6] |= 1UL << (token & 63);
    }
}
