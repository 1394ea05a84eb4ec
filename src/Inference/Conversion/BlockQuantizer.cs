namespace Qwen35Batch.Inference.Conversion;

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
    public static float Round(ReadOnlySpan<float> values, int bits, Span<byte> numbers) => bits == 8 ? ToBytes(values, numbers) : ToHalfBytes(values, numbers);

    private static float ToBytes(ReadOnlySpan<float> values, Span<byte> numbers)
    {
        var scale = Math.Abs(Largest(values)) / 127;
        var inverse = scale > 0 ? 1 / scale : 0;
        for (var i = 0; i < values.Length; i++)
        {
            numbers[i] = (byte)(Round(values[i] * inverse, -127, 127) + 128);
        }

        return scale;
    }

    /// <summary>Tries several roundings. Of each, the best scale is that of least squares; the one that leaves the least error is kept.</summary>
    private static float ToHalfBytes(ReadOnlySpan<float> values, Span<byte> numbers)
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
            var (product, square) = (0f, 0f);
            foreach (var value in values)
            {
                var number = (float)Round(value * inverse, -8, 7);
                product += value * number;
                square += number * number;
            }

            // The squared error is that of zeros less this.
            var gain = product * product / square;
            if (gain > best)
            {
                (best, step, scale) = (gain, inverse, product / square);
            }
        }

        for (var i = 0; i < values.Length; i++)
        {
            numbers[i] = (byte)(Round(values[i] * step, -8, 7) + 8);
        }

        return scale;
    }

    /// <summary>The value that is farthest from zero.</summary>
    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values)
        {
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        }

        return largest;
    }

    private static int Round(float value, int least, int most) => Math.Clamp((int)MathF.Round(value), least, most);
}
