using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens that may follow at a place, without those of a <see cref="StringMask"/>.
/// </summary>
internal sealed class NextTokens
{
    private readonly List<(int Cost, int[] Tokens, ulong[] Bits)> _groups = [];
    private readonly Lazy<ForcedRun> _forced;

    /// <param name="found">The tokens, with how many tokens certainly suffice afterwards; in order.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    /// <param name="forced">Finds what must follow; where several places are followed at once, nobody asks for that of each.</param>
    public NextTokens(IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> found, int maskLength, Func<ForcedRun> forced)
    {
        _forced = new(forced);
        for (var from = 0; from < found.Count;)
        {
            var (to, count) = (from, 0);
            for (; to < found.Count && found[to].Cost == found[from].Cost; to++)
                count += found[to].Tokens.Length;
            _groups.Add(Group(found, from, to, count, maskLength));
            from = to;
        }
    }

    public ForcedRun Forced => _forced.Value;

    public long Bytes => _groups.Sum(group => 64L + (group.Tokens.Length * sizeof(int)) + (group.Bits.Length * sizeof(ulong)));

    /// <summary>Adds the tokens after which at most this many tokens suffice.</summary>
    public void AddTo(Span<ulong> mask, int cost)
    {
        foreach (var (after, tokens, bits) in _groups)
        {
            if (after > cost)
                return;
            foreach (var token in tokens)
                mask[token >> 6] |= 1UL << (token & 63);
            for (var i = 0; i < bits.Length; i++)
                mask[i] |= bits[i];
        }
    }

    // Many tokens are smaller and faster to add as a mask of their own.
    private static (int, int[], ulong[]) Group(
        IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> found, int from, int to, int count, int maskLength)
    {
        if (count < maskLength)
        {
            var all = new int[count];
            for (var (i, at) = (from, 0); i < to; at += found[i++].Tokens.Length)
                found[i].Tokens.CopyTo(all.AsMemory(at));
            return (found[from].Cost, all, []);
        }

        var bits = new ulong[maskLength];
        for (var i = from; i < to; i++)
        {
            foreach (var token in found[i].Tokens.Span)
                bits[token >> 6] |= 1UL << (token & 63);
        }

        return (found[from].Cost, [], bits);
    }
}
