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
        for (var block = 0; block < scales.Length; block++)
        {
            var part = values.Slice(block * format.Length, format.Length);
            var target = packed.Slice(block * bytes, bytes);
            scales[block] = format.Bits == 8 ? ToBytes(part, target) : ToHalfBytes(part, target);
        }
    }

    private static float ToBytes(ReadOnlySpan<float> values, Span<byte> packed)
    {
        var scale = Math.Abs(Largest(values)) / 127;
        var inverse = scale > 0 ? 1 / scale : 0;
        for (var i = 0; i < values.Length; i++)
        {
            packed[i] = (byte)(Round(values[i] * inverse, -127, 127) + 128);
        }

        return scale;
    }

    /// <summary>Tries several roundings. Of each, the best scale is that of least squares; the one that leaves the least error is kept.</summary>
    private static float ToHalfBytes(ReadOnlySpan<float> values, Span<byte> packed)
    {
        var largest = Largest(values);
        if (largest == 0)
        {
            packed.Fill(0x88);
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

        for (var i = 0; i < packed.Length; i++)
        {
            var low = Round(values[2 * i] * step, -8, 7) + 8;
            var high = Round(values[(2 * i) + 1] * step, -8, 7) + 8;
            packed[i] = (byte)(low | (high << 4));
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
