using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// How the allowed tokens of a row of logits share the probability, in the one pass that also finds the best of them: a row is a megabyte
/// that comes from memory, and the exponentials are computed while it comes. Masks are those of <see cref="LogitScan"/>.
/// </summary>
internal static class ShareScan
{
    private const int Lanes = 8;
    private const int WordBits = 64;

    // A best logit between these, as models have it, leaves the powers of the logits themselves within what a float tells exactly. For
    // others the row is read again, less the best.
    private const float LeastBest = -40;
    private const float MostBest = 40;

    private static readonly Vector256<int> LaneBits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);

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
        // A finite number less itself is zero; of all others the difference is not a number.
        var differences = Vector256<int>.Zero;
        var offsets = PowersOfTwo.Offset(offset);
        var best = Vector256.Create(float.NegativeInfinity);
        var second = best;
        var wordOfBest = Vector256<int>.Zero;
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var (words, count) = (logits.Length / WordBits, 0);
        for (var word = 0; word < words; word++)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(logits), word * WordBits);
            var allowed = mask.IsEmpty ? ulong.MaxValue : mask[word];
            if (allowed == 0)
            {
                differences |= Differences(ref start);
                continue;
            }

            var (inWord, sum) = (Vector256.Create(float.NegativeInfinity), Vector256<float>.Zero);
            for (nuint i = 0; i < WordBits; i += 2 * Lanes)
            {
                var (one, two) = (Vector256.LoadUnsafe(ref start, i), Vector256.LoadUnsafe(ref start, i + Lanes));
                differences |= (one - one).AsInt32() | (two - two).AsInt32();
                if (allowed != ulong.MaxValue)
                    (one, two) = (Keep(one, allowed, i), Keep(two, allowed, i + Lanes));
                inWord = Vector256.MaxNative(Vector256.MaxNative(one, two), inWord);
                sum += PowersOfTwo.OfNats(one, offsets) + PowersOfTwo.OfNats(two, offsets);
            }

            count += BitOperations.PopCount(allowed);
            var (first, rest) = Vector256.Widen(sum);
            low += first;
            high += rest;
            second = Vector256.MaxNative(second, Vector256.MinNative(best, inWord));
            var isBetter = Vector256.GreaterThan(inWord, best);
            best = Vector256.MaxNative(inWord, best);
            wordOfBest = Vector256.ConditionalSelect(isBetter.AsInt32(), Vector256.Create(word), wordOfBest);
        }

        var shares = new TokenShares
        {
            Best = -1,
            Logit = float.NegativeInfinity,
            Second = float.NegativeInfinity,
            Allowed = count,
            AllFinite = differences == Vector256<int>.Zero,
        };
        for (var lane = 0; lane < Lanes; lane++)
            shares = shares.With(best[lane], second[lane], wordOfBest[lane] * WordBits);
        shares = InWord(logits, mask, shares);
        var total = Vector256.Sum(low + high);
        for (var id = words * WordBits; id < logits.Length; id++)
        {
            shares = shares with { AllFinite = shares.AllFinite && float.IsFinite(logits[id]) };
            if (!LogitScan.IsAllowed(mask, id))
                continue;
            total += PowersOfTwo.OfNats(logits[id], offset);
            shares = shares.With(logits[id], float.NegativeInfinity, id) with { Allowed = shares.Allowed + 1 };
        }

        return shares.Best < 0 ? shares : shares with { Others = Math.Max(0, (total / PowersOfTwo.OfNats(shares.Logit, offset)) - 1) };
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

    private static Vector256<int> Differences(ref float start)
    {
        var differences = Vector256<int>.Zero;
        for (nuint i = 0; i < WordBits; i += Lanes)
        {
            var block = Vector256.LoadUnsafe(ref start, i);
            differences |= (block - block).AsInt32();
        }

        return differences;
    }

    private static Vector256<float> Keep(Vector256<float> values, ulong allowed, nuint from)
    {
        var bits = Vector256.Create((int)(allowed >> (int)from) & 0xFF) & LaneBits;
        return Vector256.ConditionalSelect(
            Vector256.Equals(bits, LaneBits).AsSingle(), values, Vector256.Create(float.NegativeInfinity));
    }
}
