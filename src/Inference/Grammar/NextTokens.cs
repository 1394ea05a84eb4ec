namespace Qwen35Batch.Inference.Grammar;

/// <summary>
/// The tokens that may follow at a place, without those of a <see cref="StringMask"/>.
/// </summary>
/// <param name="tokens">The ids, the cheapest first.</param>
/// <param name="costs">For each the tokens that certainly suffice afterwards.</param>
/// <param name="forced">What must follow.</param>
internal sealed class NextTokens(int[] tokens, int[] costs, ForcedRun forced)
{
    public ForcedRun Forced => forced;

    /// <summary>Adds the tokens after which at most this many tokens suffice.</summary>
    public void AddTo(Span<ulong> mask, int cost)
    {
        for (var i = 0; i < tokens.Length && costs[i] <= cost; i++)
            mask[tokens[i] >> 6] |= 1UL << (tokens[i] & 63);
    }
}
