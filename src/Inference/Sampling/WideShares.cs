using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// The same as <see cref="NarrowShares"/> with vectors of 512 bits, four for an element of a mask: a row then takes hardly longer than its
/// way from memory.
/// </summary>
internal static class WideShares
{
    private const int Lanes = 16;
    private const int WordBits = 64;

    private static Vector512<int> LaneBits =>
        Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);

    /// <inheritdoc cref="NarrowShares.Of"/>
    // Compiled for good at once: until the runtime would do so by itself, the first steps would take many times as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (TokenShares Shares, double Sum) Of(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float offset)
    {
        var offsets = Vector512.Create(PowersOfTwo.Offset(offset));
        // A finite number times zero is zero; of all others the product is not a number.
        var (zeros, otherZeros) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var best = Vector512.Create(float.NegativeInfinity);
        var second = best;
        var wordOfBest = Vector512<int>.Zero;
        var (low, high) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var count = 0;
        for (var word = 0; word < logits.Length / WordBits; word++)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(logits), word * WordBits);
            var allowed = mask.IsEmpty ? ulong.MaxValue : mask[word];
            var (one, two) = (Vector512.LoadUnsafe(ref start), Vector512.LoadUnsafe(ref start, Lanes));
            var (three, four) = (Vector512.LoadUnsafe(ref start, 2 * Lanes), Vector512.LoadUnsafe(ref start, 3 * Lanes));
            zeros = Zeros(one, Zeros(two, zeros));
            otherZeros = Zeros(three, Zeros(four, otherZeros));
            if (allowed == 0)
                continue;
            if (allowed != ulong.MaxValue)
            {
                one = Keep(one, allowed);
                two = Keep(two, allowed >> Lanes);
                three = Keep(three, allowed >> (2 * Lanes));
                four = Keep(four, allowed >> (3 * Lanes));
            }

            var inWord = Vector512.MaxNative(Vector512.MaxNative(one, two), Vector512.MaxNative(three, four));
            var sum = PowersOfTwo.OfNats(one, offsets) + PowersOfTwo.OfNats(two, offsets)
                + (PowersOfTwo.OfNats(three, offsets) + PowersOfTwo.OfNats(four, offsets));
            count += BitOperations.PopCount(allowed);
            var (first, rest) = Vector512.Widen(sum);
            low += first;
            high += rest;
            second = Vector512.MaxNative(second, Vector512.MinNative(best, inWord));
            var isBetter = Vector512.GreaterThan(inWord, best);
            best = Vector512.MaxNative(inWord, best);
            wordOfBest = Vector512.ConditionalSelect(isBetter.AsInt32(), Vector512.Create(word), wordOfBest);
        }

        var shares = TokenShares.None with { Allowed = count, AllFinite = zeros + otherZeros == Vector512<float>.Zero };
        for (var lane = 0; lane < Lanes; lane++)
            shares = shares.With(best[lane], second[lane], wordOfBest[lane] * WordBits);
        return (shares, Vector512.Sum(low + high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Zeros(Vector512<float> logits, Vector512<float> zeros) =>
        Vector512.MultiplyAddEstimate(logits, Vector512<float>.Zero, zeros);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Keep(Vector512<float> values, ulong allowed)
    {
        var bits = Vector512.Create((int)allowed) & LaneBits;
        return Vector512.ConditionalSelect(
            Vector512.Equals(bits, LaneBits).AsSingle(), values, Vector512.Create(float.NegativeInfinity));
    }
}
