using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Quantization;

namespace Qwen35Batch.Inference.Tests.Quantization;

public sealed class BlockQuantizerTests
{
    [Theory]
    [InlineData(8, 32)]
    [InlineData(8, 128)]
    public void Eight_bits_are_off_by_half_a_step_at_most(int bits, int length)
    {
        var values = Gaussian(8 * length);

        var restored = Restore(values, new BlockFormat(bits, length));

        foreach (var (block, expected) in restored.Chunk(length).Zip(values.Chunk(length)))
        {
            var step = expected.Max(Math.Abs) / 127;
            Assert.All(
                block.Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 0.501f * step, $"{pair}, step {step}"));
        }
    }

    [Theory]
    [InlineData(32, 0.085)]
    [InlineData(128, 0.115)]
    public void Four_bits_leave_a_small_relative_error(int length, double most)
    {
        var values = Gaussian(256 * length);

        var restored = Restore(values, new BlockFormat(4, length));

        var error = values.Zip(restored, (value, number) => Math.Pow(value - number, 2)).Sum() / values.Sum(value => Math.Pow(value, 2));
        Assert.InRange(Math.Sqrt(error), 0.01, most);
    }

    [Fact]
    public void The_first_of_two_numbers_is_in_the_low_half()
    {
        var values = new float[32];
        (values[0], values[1]) = (-8, 7);
        var (packed, scales) = (new byte[16], new float[1]);

        BlockQuantizer.Quantize(values, new BlockFormat(4, 32), packed, scales);

        // -8 is stored as 0 and 7 as 15; the zeros behind them as 8.
        Assert.Equal((0xF0, 0x88), (packed[0], packed[1]));
        Assert.Equal(1, scales[0], 1e-6);
    }

    [Fact]
    public void A_block_of_zeros_stays_zero()
    {
        Assert.All(Restore(new float[64], new BlockFormat(8, 32)), value => Assert.Equal(0, value));
        Assert.All(Restore(new float[64], new BlockFormat(4, 32)), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Blocks_are_as_long_as_the_precision_likes_and_the_rows_allow()
    {
        Assert.Equal(new BlockFormat(8, 128), BlockFormat.For(ModelPrecision.Int8, 256, 1024));
        Assert.Equal(new BlockFormat(8, 64), BlockFormat.For(ModelPrecision.Int8, 192, 1024));
        Assert.Equal(new BlockFormat(8, 32), BlockFormat.For(ModelPrecision.Int8, 96));
        Assert.Equal(new BlockFormat(4, 64), BlockFormat.For(ModelPrecision.Int4, 1024));
        Assert.Equal(new BlockFormat(4, 32), BlockFormat.For(ModelPrecision.Int4, 1024, 96));
        Assert.Null(BlockFormat.For(ModelPrecision.Int4, 1024, 48));
        Assert.Null(BlockFormat.For(ModelPrecision.Fp32, 1024));
    }

    /// <summary>Quantises, and computes what the stored numbers mean.</summary>
    private static float[] Restore(float[] values, BlockFormat format)
    {
        var (packed, scales) = (new byte[format.BytesOf(values.Length)], new float[values.Length / format.Length]);
        BlockQuantizer.Quantize(values, format, packed, scales);
        return [.. values.Select((_, i) =>
        {
            var number = format.Bits == 8 ? packed[i] - 128 : ((packed[i / 2] >> (i % 2 * 4)) & 15) - 8;
            return number * scales[i / format.Length];
        })];
    }

    private static float[] Gaussian(int count)
    {
        var random = new Random(3);
        return [
            .. Enumerable.Range(0, count)
                .Select(
                    _ => (float)(0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))
        ];
    }
}
