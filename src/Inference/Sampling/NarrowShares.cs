using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>The whole elements of a mask with vectors of 256 bits, which every processor takes.</summary>
/// <remarks>What a vector of 512 bits is put together from is several times as slow: hence two ways.</remarks>
internal static class NarrowShares
{
    private const int Lanes = 8;
    private const int WordBits = 64;

    private static Vector256<int> LaneBits => Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);

    /// <summary>Reads what a row has in whole elements of a mask.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="mask">What is allowed; empty allows all.</param>
    /// <param name="offset">What logits are less of before they become powers.</param>
    /// <returns>
    /// The shares, where the best token is the first of its element and the second is that of other elements and lanes; the sum of the
    /// powers.
    /// </returns>
    // Compiled for good at once: until the runtime would do so by itself, the first steps would take many times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (TokenShares Shares, double Sum) Of(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float offset)
    {
        var offsets = Vector256.Create(PowersOfTwo.Offset(offset));
        // A finite number times zero is zero; of all others the product is not a number.
        var zeros = Vector256<float>.Zero;
        var best = Vector256.Create(float.NegativeInfinity);
        var second = best;
        var wordOfBest = Vector256<int>.Zero;
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var count = 0;
        for (var word = 0; word < logits.Length / WordBits; word++)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(logits), word * WordBits);
            var allowed = mask.IsEmpty ? ulong.MaxValue : mask[word];
            var (inWord, sum, zerosInWord) = (Vector256.Create(float.NegativeInfinity), Vector256<float>.Zero, Vector256<float>.Zero);
            for (var i = 0; i < WordBits; i += 2 * Lanes)
            {
                var (one, two) = (Vector256.LoadUnsafe(ref start, (nuint)i), Vector256.LoadUnsafe(ref start, (nuint)(i + Lanes)));
                zerosInWord = Vector256.MultiplyAddEstimate(one, Vector256<float>.Zero, zerosInWord);
                zerosInWord = Vector256.MultiplyAddEstimate(two, Vector256<float>.Zero, zerosInWord);
                if (allowed == 0)
                    continue;
                if (allowed != ulong.MaxValue)
                    (one, two) = (Keep(one, allowed >> i), Keep(two, allowed >> (i + Lanes)));
                inWord = Vector256.MaxNative(Vector256.MaxNative(one, two), inWord);
                sum += PowersOfTwo.OfNats(one, offsets) + PowersOfTwo.OfNats(two, offsets);
            }

            zeros += zerosInWord;
            count += BitOperations.PopCount(allowed);
            var (first, rest) = Vector256.Widen(sum);
            low += first;
            high += rest;
            second = Vector256.MaxNative(second, Vector256.MinNative(best, inWord));
            var isBetter = Vector256.GreaterThan(inWord, best);
            best = Vector256.MaxNative(inWord, best);
            wordOfBest = Vector256.ConditionalSelect(isBetter.AsInt32(), Vector256.Create(word), wordOfBest);
        }

        var shares = TokenShares.None with { Allowed = count, AllFinite = zeros == Vector256<float>.Zero };
        for (var lane = 0; lane < Lanes; lane++)
            shares = shares.With(best[lane], second[lane], wordOfBest[lane] * WordBits);
        return (shares, Vector256.Sum(low + high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Keep(Vector256<float> values, ulong allowed)
    {
        var bits = Vector256.Create((int)allowed) & LaneBits;
        return Vector256.ConditionalSelect(
            Vector256.Equals(bits, LaneBits).AsSingle(), values, Vector256.Create(float.NegativeInfinity));
    }
}
