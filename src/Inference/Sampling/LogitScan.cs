using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// Passes over a row of logits, eight at a time. A mask has bit <c>id % 64</c> of element <c>id / 64</c> set where the token is allowed;
/// an empty mask allows all.
/// </summary>
internal static class LogitScan
{
    private const int Lanes = 8;
    private const int WordBits = 64;

    private static readonly Vector256<int> LaneBits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);

    /// <summary>
    /// The allowed token with the largest logit, the lowest id among equals; -1 and negative infinity when nothing is allowed. On the
    /// way, whether all logits, allowed or not, are finite: a row is megabytes, and is read once.
    /// </summary>
    public static (int Id, float Logit, bool AllFinite) Best(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask)
    {
        // A finite number less itself is zero; of all others the difference is not a number.
        var differences = Vector256<int>.Zero;
        var best = Vector256.Create(float.NegativeInfinity);
        var wordOfBest = Vector256<int>.Zero;
        var words = logits.Length / WordBits;
        for (var word = 0; word < words; word++)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(logits), word * WordBits);
            differences |= Differences(ref start);
            var allowed = mask.IsEmpty ? ulong.MaxValue : mask[word];
            if (allowed == 0)
                continue;
            var inWord = allowed == ulong.MaxValue ? Largest(ref start) : Largest(ref start, allowed);
            var isBetter = Vector256.GreaterThan(inWord, best);
            best = Vector256.ConditionalSelect(isBetter, inWord, best);
            wordOfBest = Vector256.ConditionalSelect(isBetter.AsInt32(), Vector256.Create(word), wordOfBest);
        }

        var (most, first) = (float.NegativeInfinity, words * WordBits);
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (best[lane] > most || (best[lane] == most && wordOfBest[lane] * WordBits < first && most > float.NegativeInfinity))
                (most, first) = (best[lane], wordOfBest[lane] * WordBits);
        }

        var id = -1;
        for (var i = first; i < logits.Length && i < first + WordBits && id < 0; i++)
        {
            if (most > float.NegativeInfinity && logits[i] == most && IsAllowed(mask, i))
                id = i;
        }

        var isFinite = differences == Vector256<int>.Zero;
        for (var i = words * WordBits; i < logits.Length; i++)
        {
            isFinite &= float.IsFinite(logits[i]);
            if (IsAllowed(mask, i) && logits[i] > most)
                (id, most) = (i, logits[i]);
        }
        return (id, most, isFinite);
    }

    /// <summary>
    /// Writes the allowed ids with a logit of at least <paramref name="least"/>, ascending, and returns how many there are.
    /// </summary>
    public static int Collect(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, float least, Span<int> ids)
    {
        var threshold = Vector256.Create(least);
        var words = logits.Length / WordBits;
        var count = 0;
        for (var word = 0; word < words; word++)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(logits), word * WordBits);
            var allowed = mask.IsEmpty ? ulong.MaxValue : mask[word];

            // Hardly a word has a logit that is large enough.
            if (allowed == 0 || !Vector256.GreaterThanOrEqualAny(Largest(ref start), threshold))
                continue;
            for (var hits = allowed & AtLeast(ref start, threshold); hits != 0; hits &= hits - 1)
                ids[count++] = (word * WordBits) + BitOperations.TrailingZeroCount(hits);
        }
        for (var id = words * WordBits; id < logits.Length; id++)
        {
            if (logits[id] >= least && IsAllowed(mask, id))
                ids[count++] = id;
        }

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
        {
            if (IsAllowed(mask, id))
                sum += MathF.Exp((logits[id] - largest) * scale);
        }

        return sum;
    }

    public static bool IsAllowed(ReadOnlySpan<ulong> mask, int id) => mask.IsEmpty || (mask[id >> 6] >> (id & 63) & 1) != 0;

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

    private static Vector256<float> Largest(ref float start)
    {
        var largest = Vector256.LoadUnsafe(ref start);
        for (nuint i = Lanes; i < WordBits; i += Lanes)
            largest = Vector256.MaxNative(Vector256.LoadUnsafe(ref start, i), largest);
        return largest;
    }

    private static Vector256<float> Largest(ref float start, ulong allowed)
    {
        var (low, high) = (Vector256.Create((int)allowed), Vector256.Create((int)(allowed >> (WordBits / 2))));
        var largest = Vector256.Create(float.NegativeInfinity);
        var bits = LaneBits;
        for (nuint i = 0; i < WordBits / 2; i += Lanes, bits <<= Lanes)
        {
            largest = Vector256.MaxNative(Keep(Vector256.LoadUnsafe(ref start, i), low, bits), largest);
            largest = Vector256.MaxNative(Keep(Vector256.LoadUnsafe(ref start, i + (WordBits / 2)), high, bits), largest);
        }
        return largest;
    }

    private static ulong AtLeast(ref float start, Vector256<float> threshold)
    {
        var bits = 0UL;
        for (nuint i = 0; i < WordBits; i += Lanes)
        {
            bits |= (ulong)Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref start, i), threshold)
                .ExtractMostSignificantBits() << (int)i;
        }

        return bits;
    }

    private static int AllowedLanes(ReadOnlySpan<ulong> mask, int block) =>
        mask.IsEmpty ? 0xFF : (int)(mask[block >> 3] >> ((block & 7) * Lanes)) & 0xFF;

    private static Vector256<float> Keep(Vector256<float> values, int allowed) =>
        allowed == 0xFF ? values : Keep(values, Vector256.Create(allowed), LaneBits);

    /// <summary>The values whose lane's bit is set in all of <paramref name="allowed"/>; negative infinity for the others.</summary>
    private static Vector256<float> Keep(Vector256<float> values, Vector256<int> allowed, Vector256<int> bits) =>
        Vector256.ConditionalSelect(Vector256.Equals(allowed & bits, bits).AsSingle(), values, Vector256.Create(float.NegativeInfinity));
}
