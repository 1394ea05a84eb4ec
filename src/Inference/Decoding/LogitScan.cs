using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// Passes over a row of logits, eight at a time. A mask has bit <c>id % 64</c> of element <c>id / 64</c> set where the token is allowed;
/// an empty mask allows all.
/// </summary>
internal static class LogitScan
{
    private const int Lanes = 8;

    private static readonly Vector256<int> LaneBits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);

    /// <summary>True when no logit is NaN or infinite.</summary>
    public static bool AllFinite(ReadOnlySpan<float> logits)
    {
        // Zero times a finite number is zero, times anything else is NaN, and NaN survives every sum.
        var blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var sum = Vector256<float>.Zero;
        foreach (var block in blocks)
            sum += block * Vector256<float>.Zero;
        var rest = Vector256.Sum(sum);
        foreach (var logit in logits[(blocks.Length * Lanes)..])
            rest += logit * 0f;
        return rest == 0;
    }

    /// <summary>The largest allowed logit, or negative infinity when nothing is allowed.</summary>
    public static float Max(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        var blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var largest = Vector256.Create(float.NegativeInfinity);
        for (var i = 0; i < blocks.Length; i++)
        {
            var allowed = AllowedLanes(mask, i);
            if (allowed != 0)
                largest = Vector256.Max(largest, Keep(blocks[i], allowed));
        }
        var result = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes; lane++)
            result = Math.Max(result, largest[lane]);
        for (var id = blocks.Length * Lanes; id < logits.Length; id++)
            if (IsAllowed(mask, id))
                result = Math.Max(result, logits[id]);
        return result;
    }

    /// <summary>The lowest allowed id with a logit of at least <paramref name="least"/>, or -1.</summary>
    public static int First(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float least)
    {
        var blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var threshold = Vector256.Create(least);
        for (var i = 0; i < blocks.Length; i++)
        {
            var hits = (int)Vector256.GreaterThanOrEqual(blocks[i], threshold).ExtractMostSignificantBits() & AllowedLanes(mask, i);
            if (hits != 0)
                return (i * Lanes) + BitOperations.TrailingZeroCount(hits);
        }
        for (var id = blocks.Length * Lanes; id < logits.Length; id++)
            if (logits[id] >= least && IsAllowed(mask, id))
                return id;
        return -1;
    }

    /// <summary>Writes the allowed ids with a logit of at least <paramref name="least"/>, ascending, and returns how many there are.</summary>
    public static int Collect(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float least, Span<int> ids)
    {
        var blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var threshold = Vector256.Create(least);
        var count = 0;
        for (var i = 0; i < blocks.Length; i++)
        {
            var allowed = AllowedLanes(mask, i);
            if (allowed == 0)
                continue;
            var hits = (int)Vector256.GreaterThanOrEqual(blocks[i], threshold).ExtractMostSignificantBits() & allowed;
            for (; hits != 0; hits &= hits - 1)
                ids[count++] = (i * Lanes) + BitOperations.TrailingZeroCount(hits);
        }
        for (var id = blocks.Length * Lanes; id < logits.Length; id++)
            if (logits[id] >= least && IsAllowed(mask, id))
                ids[count++] = id;
        return count;
    }

    /// <summary>The sum of <c>exp((logit - largest) * scale)</c> over the allowed tokens.</summary>
    public static double SumExp(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float largest, float scale)
    {
        var blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        var offset = Vector256.Create(largest);
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var i = 0; i < blocks.Length; i++)
        {
            var allowed = AllowedLanes(mask, i);
            if (allowed == 0)
                continue;
            var (first, second) = Vector256.Widen(Vector256.Exp(Keep((blocks[i] - offset) * scale, allowed)));
            low += first;
            high += second;
        }
        var sum = Vector256.Sum(low + high);
        for (var id = blocks.Length * Lanes; id < logits.Length; id++)
            if (IsAllowed(mask, id))
                sum += MathF.Exp((logits[id] - largest) * scale);
        return sum;
    }

    public static bool IsAllowed(ReadOnlySpan<ulong> mask, int id) => mask.IsEmpty || (mask[id >> 6] >> (id & 63) & 1) != 0;

    private static int AllowedLanes(ReadOnlySpan<ulong> mask, int block) =>
        mask.IsEmpty ? 0xFF : (int)(mask[block >> 3] >> ((block & 7) * Lanes)) & 0xFF;

    private static Vector256<float> Keep(Vector256<float> values, int allowed)
    {
        if (allowed == 0xFF)
            return values;
        var keep = Vector256.Equals(Vector256.Create(allowed) & LaneBits, LaneBits).AsSingle();
        return Vector256.ConditionalSelect(keep, values, Vector256.Create(float.NegativeInfinity));
    }
}
