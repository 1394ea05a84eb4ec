using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels;

namespace Qwen35Batch.Inference.Tests.Kernels;

public sealed unsafe class PanelKernelTests
{
    private const int Rows = PanelKernel.MaxRows;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(333)]
    public void Every_width_of_vectors_and_every_number_of_rows_gives_the_same_sums(int depth)
    {
        Check<BFloat16Format>(TensorElementType.BFloat16, depth);
        Check<Float32Format>(TensorElementType.Float, depth);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(333)]
    public void Every_instruction_and_every_number_of_rows_gives_the_same_sums_of_integers(int depth)
    {
        CheckIntegers<Int8Format>(Int8Format.Type, depth);
        CheckIntegers<Int4Format>(Int4Format.Type, depth);
    }

    [Fact]
    public void The_largest_numbers_do_not_overflow()
    {
        // All weights 127 or -127 times their scale, all values 127 or -127 times theirs.
        var input = Enumerable.Range(0, Rows * 64).Select(i => i / 64 % 2 == 0 ? 1f : -1f).ToArray();
        foreach (var kernel in PanelKernel.Integers<Int8Format>())
        {
            var panel = new byte[kernel.PanelBytes(64)];
            for (var output = 0; output < Panels.Width; output++)
            {
                IntegerPanels.Pack([.. Enumerable.Repeat(output % 2 == 0 ? 1f : -1f, 64)], 8, output, panel);
            }

            var tile = Multiply(kernel, input, Rows, 64, panel);
            Assert.All(tile, (value, i) => Assert.Equal((i / Panels.Width % 2 == 0) == (i % 2 == 0) ? 64 : -64, value, 0.3f));
        }
    }

    private static void CheckIntegers<TFormat>(TensorElementType type, int depth)
        where TFormat : struct, IIntegerFormat
    {
        var random = new Random(depth);
        var matrix = new PackedPanels(random, type, Panels.Width, depth);
        var input = Enumerable.Range(0, Rows * depth).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var expected = Enumerable.Range(0, Rows * Panels.Width)
            .Select(i => Enumerable.Range(0, depth).Sum(k => (double)input[(i / Panels.Width * depth) + k] * matrix[i % Panels.Width, k]))
                .ToArray();
        float[]? first = null;
        foreach (var kernel in PanelKernel.Integers<TFormat>())
        {
            for (var count = Rows; count >= 1; count--)
            {
                var tile = Multiply(kernel, input, count, depth, matrix.Panels());
                first ??= tile;
                Assert.Equal(first[..tile.Length], tile);
            }
        }

        // A value is off by half a 127th of the block's largest, which is at most 0.5, and a weight is at most about 1.
        var error = Math.Sqrt(expected.Zip(first!, (exact, actual) => Math.Pow(exact - actual, 2)).Average());
        Assert.InRange(error, 0, 0.5 / 127 * Math.Sqrt(depth / 12.0) + 1e-5);
    }

    private static void Check<TFormat>(TensorElementType type, int depth)
        where TFormat : struct, IPanelFormat
    {
        var random = new Random(depth);
        var matrix = new PackedPanels(random, type, Panels.Width, depth);
        var input = Enumerable.Range(0, Rows * depth).Select(_ => random.NextSingle() - 0.5f).ToArray();
        float[]? first = null;
        foreach (var kernel in PanelKernel.Floats<TFormat>())
        {
            for (var count = 1; count <= Rows; count++)
            {
                var tile = Multiply(kernel, input, count, depth, matrix.Panels());
                first ??= Expected(input, depth, matrix);
                Assert.Equal(first[..tile.Length], tile);
            }
        }
    }

    private static float[] Multiply(PanelKernel kernel, float[] input, int count, int depth, byte[] panel)
    {
        var tile = new float[Rows * Panels.Width];
        var rows = stackalloc byte*[Rows];
        fixed (float* x = input, target = tile)
        fixed (byte* weights = panel, prepared = new byte[(Rows * kernel.PreparedBytes(depth)) + 1])
        {
            for (var row = 0; row < count; row++)
            {
                rows[row] = (byte*)(x + (row * depth));
                if (kernel.PreparedBytes(depth) is > 0 and var bytes)
                {
                    rows[row] = prepared + (row * bytes);
                    kernel.Prepare(x + (row * depth), depth, rows[row]);
                }
            }

            kernel.Multiply(rows, count, weights, depth, weights, target);
        }

        return tile[..(count * Panels.Width)];
    }

    /// <summary>One product after the other, each sum rounded once: what every lane does.</summary>
    private static float[] Expected(float[] input, int depth, PackedPanels matrix)
    {
        var expected = new float[Rows * Panels.Width];
        for (var i = 0; i < expected.Length; i++)
        {
            for (var k = 0; k < depth; k++)
            {
                expected[i] = MathF.FusedMultiplyAdd(input[(i / Panels.Width * depth) + k], matrix[i % Panels.Width, k], expected[i]);
            }
        }

        return expected;
    }
}
