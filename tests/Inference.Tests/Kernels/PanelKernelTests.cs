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

    private static void Check<TFormat>(TensorElementType type, int depth)
        where TFormat : struct, IPanelFormat
    {
        var random = new Random(depth);
        var matrix = new PackedPanels(random, type, Panels.Width, depth);
        var input = Enumerable.Range(0, Rows * depth).Select(_ => random.NextSingle() - 0.5f).ToArray();
        float[]? first = null;
        foreach (var kernel in PanelKernel.All<TFormat>())
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
        var rows = stackalloc float*[Rows];
        fixed (float* x = input, target = tile)
        fixed (byte* weights = panel)
        {
            for (var row = 0; row < count; row++)
            {
                rows[row] = x + (row * depth);
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
