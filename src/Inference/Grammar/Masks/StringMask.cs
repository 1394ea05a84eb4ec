namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens that stay within a string, or end with it.</summary>
/// <param name="all">The bits of all of them; none when the costed ones are as fast.</param>
/// <param name="costed">Them again, by how many tokens certainly suffice to end the string afterwards.</param>
/// <param name="exits">Where the string has ended and longer tokens go on.</param>
/// <param name="otherwise">Tokens that the costed ones have wrong, and at which cost they are allowed; null where they are not.</param>
internal sealed class StringMask(
    ulong[] all, CostedTokens costed, TextExits exits, IReadOnlyList<(int Token, int? Cost)>? otherwise = null)
{
    private readonly int _highestCost = Math.Max(costed.HighestCost, otherwise?.Max(token => token.Cost) ?? 0);

    /// <summary>The mask of some tokens, each with how many tokens certainly suffice afterwards. Few of them have no bits.</summary>
    public static StringMask Of(List<(int Cost, int Token)> found, IReadOnlyList<int> exits, int maskLength)
    {
        found.Sort();
        var tokens = found.ConvertAll(entry => entry.Token).ToArray();
        var groups = new List<(int, ReadOnlyMemory<int>)>();
        for (var from = 0; from < tokens.Length;)
        {
            var to = from + 1;
            while (to < tokens.Length && found[to].Cost == found[from].Cost)
                to++;
            groups.Add((found[from].Cost, tokens.AsMemory(from..to)));
            from = to;
        }
        return Of(groups, exits, maskLength);
    }

    /// <summary>The mask of some tokens by how many tokens certainly suffice after them. Few of them have no bits.</summary>
    public static StringMask Of(
        IReadOnlyList<(int Cost, ReadOnlyMemory<int> Tokens)> groups, IReadOnlyList<int> exits, int maskLength)
    {
        var bits = groups.Sum(group => group.Tokens.Length) < maskLength ? [] : new ulong[maskLength];
        foreach (var (_, tokens) in bits.Length == 0 ? [] : groups)
        {
            foreach (var token in tokens.Span)
                bits[token >> 6] |= 1UL << (token & 63);
        }

        return new StringMask(bits, new TokenGroups(groups, isShared: false), TextExits.Of(exits));
    }

    /// <summary>Where the string has ended and longer tokens go on.</summary>
    public TextExits Exits => exits;

    public ReadOnlySpan<ulong> All => all;

    public CostedTokens Costed => costed;

    public long Bytes => (all.Length * (long)sizeof(ulong)) + exits.Bytes + costed.Bytes;

    /// <summary>Writes the tokens after which at most this many tokens end the string, and nothing else.</summary>
    public void CopyTo(Span<ulong> mask, int cost)
    {
        if (cost < _highestCost || all.Length == 0)
        {
            mask.Clear();
            AddTo(mask, cost);
            return;
        }
        all.CopyTo(mask);
        mask[all.Length..].Clear();
    }

    /// <summary>Whether no token needs more.</summary>
    public bool IsWithin(int cost) => cost >= _highestCost;

    /// <summary>Adds the tokens after which at most this many tokens end the string.</summary>
    public void AddTo(Span<ulong> mask, int cost)
    {
        if (cost >= _highestCost && all.Length > 0)
        {
            for (var i = 0; i < all.Length; i++)
                mask[i] |= all[i];
            return;
        }

        // Only when the budget is nearly used up.
        if (otherwise is null)
        {
            costed.AddTo(mask, cost);
            return;
        }
        var own = new ulong[mask.Length];
        costed.AddTo(own, cost);
        foreach (var (token, after) in otherwise)
        {
            if (after <= cost)
                own[token >> 6] |= 1UL << (token & 63);
            else
                own[token >> 6] &= ~(1UL << (token & 63));
        }

        for (var i = 0; i < own.Length; i++)
            mask[i] |= own[i];
    }
}
