namespace Qwen35Batch.Inference.Grammar;

/// <summary>The tokens that stay within a string, or end with it.</summary>
/// <param name="costs">Ascending: how many tokens certainly suffice to end the string afterwards.</param>
/// <param name="masks">For each cost the tokens with that cost or a lower one.</param>
/// <param name="exits">The nodes of the token trie where the string has ended and longer tokens go on.</param>
internal sealed class StringMask(int[] costs, ulong[][] masks, int[] exits)
{
    public IReadOnlyList<int> Exits => exits;

    public long Bytes => (masks.Length * (long)(masks.Length == 0 ? 0 : masks[0].Length) * sizeof(ulong)) + (exits.Length * sizeof(int));

    /// <summary>The tokens after which at most this many tokens end the string.</summary>
    public ReadOnlySpan<ulong> Within(int cost)
    {
        var i = Array.BinarySearch(costs, cost);
        i = i < 0 ? ~i - 1 : i;
        return i < 0 ? [] : masks[i];
    }
}
