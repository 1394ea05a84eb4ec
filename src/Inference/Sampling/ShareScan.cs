using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// How the allowed tokens of a row of logits share the probability, in the one pass that also finds the best of them: a row is a megabyte
/// that comes from memory, and the exponentials are computed while it comes. Masks are those of <see cref="LogitScan"/>.
/// </summary>
internal static class ShareScan
{
    private const int WordBits = 64;

    // A best logit between these, as models have it, leaves the powers of the logits themselves within what a float tells exactly. For
    // others the row is read again, less the best.
    private const float LeastBest = -40;
    private const float MostBest = 40;

    /// <summary>Reads a row.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="mask">What is allowed; empty allows all.</param>
    public static TokenShares Of(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        var shares = Pass(logits, mask, 0);
        return !shares.AllFinite || shares.Best < 0 || shares.Logit is >= LeastBest and <= MostBest
            ? shares
            : Pass(logits, mask, shares.Logit);
    }

    private static TokenShares Pass(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float offset)
    {
        var (shares, sum) = Vector512.IsHardwareAccelerated
            ? WideShares.Of(logits, mask, offset)
            : NarrowShares.Of(logits, mask, offset);
        shares = InWord(logits, mask, shares);
        for (var id = logits.Length / WordBits * WordBits; id < logits.Length; id++)
        {
            shares = shares with { AllFinite = shares.AllFinite && float.IsFinite(logits[id]) };
            if (!LogitScan.IsAllowed(mask, id))
                continue;
            sum += PowersOfTwo.OfNats(logits[id], offset);
            shares = shares.With(logits[id], float.NegativeInfinity, id) with { Allowed = shares.Allowed + 1 };
        }

        return shares.Best < 0 ? shares : shares with { Others = Math.Max(0, (sum / PowersOfTwo.OfNats(shares.Logit, offset)) - 1) };
    }

    /// <summary>The lanes know the word of the best token only: which it is, and whether the second stands in the same word.</summary>
    private static TokenShares InWord(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, TokenShares shares)
    {
        if (shares.Best < 0)
            return shares;
        var (start, found) = (shares.Best, -1);
        for (var id = start; id < start + WordBits; id++)
        {
            if (!LogitScan.IsAllowed(mask, id))
                continue;
            if (found < 0 && logits[id] == shares.Logit)
                found = id;
            else
                shares = shares with { Second = Math.Max(shares.Second, logits[id]) };
        }

        return shares with { Best = found };
    }
}
