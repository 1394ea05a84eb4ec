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
    private const int WordBits = 64;
    private const int WordBlocks = WordBits / Lanes;

    private static readonly Vector256<int> LaneBits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);

    /// <summary>
    /// The allowed token with the largest logit, the lowest id among equals; -1 and negative infinity when nothing is allowed. On the
    /// way, whether all logits, allowed or not, are finite: a row is megabytes, and is read once.
    /// </summary>
    public static (int Id, float Logit, bool AllFinite) Best(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        // Without the sign, what is not finite is larger than all else, as an integer.
        var magnitude = Vector256.Create(int.MaxValue);
        var most = Vector256<int>.Zero;
        var best = Vector256.Create(float.NegativeInfinity);
        var wordOfBest = Vector256<int>.Zero;
        var words = logits.Length / WordBits;
        var blocks = MemoryMarshal.Cast<float, Vector256<float>>(logits)[..(words * WordBlocks)];
        for (var word = 0; word < words; word++)
        {
            var allowed = mask.IsEmpty ? ulong.MaxValue : mask[word];
            var inWord = Vector256.Create(float.NegativeInfinity);
            foreach (var block in blocks.Slice(word * WordBlocks, WordBlocks))
            {
                most = Vector256.Max(most, block.AsInt32() & magnitude);
                if (allowed != 0)
                    inWord = Vector256.MaxNative(inWord, Keep(block, (int)allowed & 0xFF));
                allowed = allowed == ulong.MaxValue ? allowed : allowed >> Lanes;
            }
            var isBetter = Vector256.GreaterThan(inWord, best);
            best = Vector256.ConditionalSelect(isBetter, inWord, best);
            wordOfBest = Vector256.ConditionalSelect(isBetter.AsInt32(), Vector256.Create(word), wordOfBest);
        }

        var (largest, first) = (float.NegativeInfinity, words * WordBits);
        for (var lane = 0; lane < Lanes; lane++)
            if (best[lane] > largest || (best[lane] == largest && wordOfBest[lane] * WordBits < first && largest > float.NegativeInfinity))
                (largest, first) = (best[lane], wordOfBest[lane] * WordBits);
        var id = -1;
        for (var i = first; i < logits.Length && i < first + WordBits && id < 0; i++)
            if (largest > float.NegativeInfinity && logits[i] == largest && IsAllowed(mask, i))
                id = i;
        var isFinite = Vector256.LessThanAll(most, Vector256.Create(BitConverter.SingleToInt32Bits(float.PositiveInfinity)));
        for (var i = words * WordBits; i < logits.Length; i++)
        {
            isFinite &= float.IsFinite(logits[i]);
            if (IsAllowed(mask, i) && logits[i] > largest)
                (id, largest) = (i, logits[i]);
        }
        return (id, largest, isFinite);
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
