namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>Tokens that are written out by their costs.</summary>
/// <param name="groups">The tokens of each cost, in any order.</param>
/// <param name="isShared">Whether the tokens themselves are kept elsewhere.</param>
internal sealed class TokenGroups(IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> groups, bool isShared) : CostedTokens
{
    /// <summary>The tokens of each cost, in any order.</summary>
    public IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> Groups => groups;

    public override int HighestCost { get; } = groups.Select(group => group.Cost).DefaultIfEmpty(0).Max();

    public override long Bytes => (groups.Count * 16L) + (isShared ? 0 : groups.Sum(group => (long)group.Tokens.Length * sizeof(int)));

    public override void AddTo(Span<ulong> mask, int cost)
    {
        foreach (var (after, tokens) in groups)
        {
            if (after > cost)
                continue;
            foreach (var token in tokens.Span)
                mask[token >> 6] |= 1UL << (token & 63);
        }
    }
}
