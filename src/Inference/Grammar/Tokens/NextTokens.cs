using Qwen35Batch.Inference.Grammar.Masks;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>
/// The tokens that may follow at a place, without those of a <see cref="StringMask"/>.
/// </summary>
internal sealed class NextTokens
{
    private readonly List<(int Cost, int[] Tokens, ulong[] Bits)> _groups = [];

    /// <param name="found">The tokens, each with how many tokens certainly suffice afterwards; in order.</param>
    /// <param name="maskLength">The elements of a mask.</param>
    /// <param name="forced">What must follow.</param>
    public NextTokens(ReadOnlySpan<(int Cost, int Token)> found, int maskLength, ForcedRun forced)
    {
        Forced = forced;
        for (var from = 0; from < found.Length;)
        {
            var to = from;
            while (to < found.Length && found[to].Cost == found[from].Cost)
                to++;
            _groups.Add(Group(found[from..to], maskLength));
            from = to;
        }
    }

    public ForcedRun Forced { get; }

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
    private static (int, int[], ulong[]) Group(ReadOnlySpan<(int Cost, int Token)> found, int maskLength)
    {
        if (found.Length < maskLength)
        {
            var tokens = new int[found.Length];
            for (var i = 0; i < tokens.Length; i++)
                tokens[i] = found[i].Token;
            return (found[0].Cost, tokens, []);
        }
        var bits = new ulong[maskLength];
        foreach (var (_, token) in found)
            bits[token >> 6] |= 1UL << (token & 63);
        return (found[0].Cost, [], bits);
    }
}
