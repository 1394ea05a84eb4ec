using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Quantization;

/// <summary>Rounds blocks of values to integers with one scale each.</summary>
internal static class BlockQuantizer
{
    /// <summary>
    /// What the largest value of a block becomes, for four bits. Beyond -8 it is clipped, which is worth it where it makes the rest finer.
    /// </summary>
    private static readonly float[] Steps = [-9f, -8.5f, -8f, -7.5f, 7f];

    /// <summary>Quantises whole blocks.</summary>
    /// <param name="values">A multiple of the block's length.</param>
    /// <param name="format">Bits and length of a block.</param>
    /// <param name="packed">Receives the numbers.</param>
    /// <param name="scales">Receives one scale a block.</param>
    public static void Quantize(ReadOnlySpan<float> values, BlockFormat format, Span<byte> packed, Span<float> scales)
    {
        var bytes = (int)format.BytesOf(format.Length);
        Span<byte> numbers = stackalloc byte[format.Length];
        for (var block = 0; block < scales.Length; block++)
        {
            scales[block] = Round(values.Slice(block * format.Length, format.Length), format.Bits, numbers);
            var target = packed.Slice(block * bytes, bytes);
            for (var i = 0; i < bytes; i++)
            {
                target[i] = format.Bits == 8 ? numbers[i] : (byte)(numbers[2 * i] | (numbers[(2 * i) + 1] << 4));
            }
        }
    }

    /// <summary>Rounds one block to numbers from zero on, of which the middle means zero, and returns their scale.</summary>
    /// <param name="values">A multiple of 32.</param>
    /// <param name="bits">8 or 4.</param>
    /// <param name="numbers">Receives one a value.</param>
    public static float Round(ReadOnlySpan<float> values, int bits, Span<byte> numbers)
    {
        var vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        return bits == 8 ? ToBytes(vectors, numbers) : ToHalfBytes(vectors, numbers);
    }

    private static float ToBytes(ReadOnlySpan<Vector256<float>> values, Span<byte> numbers)
    {
        var scale = Math.Abs(Largest(values)) / 127;
        Write(values, scale > 0 ? 1 / scale : 0, -127, 127, 128, numbers);
        return scale;
    }

    /// <summary>
    /// Tries several roundings. Of each, the best scale is that of least squares; the one that leaves the least error is kept.
    /// </summary>
    private static float ToHalfBytes(ReadOnlySpan<Vector256<float>> values, Span<byte> numbers)
    {
        var largest = Largest(values);
        if (largest == 0)
        {
            numbers.Fill(8);
            return 0;
        }

        var (best, step, scale) = (-1f, 0f, 0f);
        foreach (var candidate in Steps)
        {
            var inverse = candidate / largest;
            var (products, squares) = (Vector256<float>.Zero, Vector256<float>.Zero);
            foreach (var value in values)
            {
                var number = Round(value * inverse, -8, 7);
                products += value * number;
                squares += number * number;
            }

            // The squared error is that of zeros less this.
            var (product, square) = (Vector256.Sum(products), Vector256.Sum(squares));
            var gain = product * product / square;
            if (gain > best)
            {
                (best, step, scale) = (gain, inverse, product / square);
            }
        }

        Write(values, step, -8, 7, 8, numbers);
        return scale;
    }

    private static void Write(ReadOnlySpan<Vector256<float>> values, float inverse, float least, float most, int zero, Span<byte> numbers)
    {
        var bytes = MemoryMarshal.Cast<byte, Vector256<byte>>(numbers);
        for (var i = 0; i < bytes.Length; i++)
        {
            var four = values.Slice(4 * i, 4);
            bytes[i] = Vector256.Narrow(
                Vector256.Narrow(Number(four[0]), Number(four[1])), Vector256.Narrow(Number(four[2]), Number(four[3])));
        }

        Vector256<uint> Number(Vector256<float> value) =>
            (Vector256.ConvertToInt32(Round(value * inverse, least, most)) + Vector256.Create(zero)).AsUInt32();
    }

    /// <summary>The value that is farthest from zero.</summary>
    private static float Largest(ReadOnlySpan<Vector256<float>> values)
    {
        var (least, most) = (values[0], values[0]);
        foreach (var value in values[1..])
        {
            (least, most) = (Vector256.Min(least, value), Vector256.Max(most, value));
        }

        var (low, high) = (least[0], most[0]);
        for (var lane = 1; lane < Vector256<float>.Count; lane++)
        {
            (low, high) = (Math.Min(low, least[lane]), Math.Max(high, most[lane]));
        }

        return high > -low ? high : low;
    }

    private static Vector256<float> Round(Vector256<float> value, float least, float most) =>
        Vector256.Clamp(Vector256.Round(value), Vector256.Create(least), Vector256.Create(most));
}
