using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Kernels.Operators;

namespace Qwen35Batch.Inference.Tests.Kernels;

public sealed class MatMulKernelTests
{
    [Theory]
    [InlineData(TensorElementType.BFloat16)]
    [InlineData(TensorElementType.Float)]
    public void Any_number_of_rows_and_any_shape_is_multiplied_right(TensorElementType type)
    {
        foreach (var (columns, depth) in new[] { (1, 1), (31, 50), (32, 64), (33, 47), (100, 129), (256, 7) })
        {
            var random = new Random(columns);
            var weight = new PackedPanels(random, type, columns, depth);
            var bias = Noise(random, columns);
            using var session = Open(columns, type, bias: true);
            for (var rows = 1; rows <= 40; rows++)
            {
                var input = Noise(random, rows * depth);
                Check(Expected(input, weight, bias), Run(session, input, weight, bias));
            }
        }
    }

    [Fact]
    public void Leading_dimensions_are_kept_and_no_rows_give_no_rows()
    {
        var weight = new PackedPanels(new Random(1), TensorElementType.Float, 40, 3);
        using var session = Open(40, TensorElementType.Float, rank: 3);

        Assert.Equal(
            2 * 5 * 40,
            session.Run((TensorElementType.Float, new float[30], [2, 5, 3]), (weight.Type, weight.Panels(), [2, 3, 32])).Length);
        Assert.Empty(session.Run((TensorElementType.Float, Array.Empty<float>(), [2, 0, 3]), (weight.Type, weight.Panels(), [2, 3, 32])));
    }

    [Theory]
    [InlineData(TensorElementType.BFloat16)]
    [InlineData(TensorElementType.Float)]
    [InlineData(Int8Format.Type)]
    [InlineData(Int4Format.Type)]
    public void A_rows_result_is_bit_for_bit_the_same_alone_and_among_others(TensorElementType type)
    {
        var random = new Random(5);
        var weight = new PackedPanels(random, type, 90, 200);
        using var session = Open(90, type);
        var input = Noise(random, 150 * 200);
        var all = Run(session, input, weight);
        foreach (var count in new[] { 1, 3, 5, 8, 33, 150 })
        {
            for (var first = 0; first + count <= 150; first += 37)
            {
                var part = Run(session, input[(first * 200)..((first + count) * 200)], weight);
                Assert.Equal(all[(first * 90)..((first + count) * 90)], part);
            }
        }
    }

    [Fact]
    public void Weights_that_do_not_fit_fail_the_run_with_a_sentence()
    {
        using var session = Open(40, TensorElementType.Float);

        var error = Assert.Throws<OnnxRuntimeException>(
            () =>
                session.Run((TensorElementType.Float, new float[3], [1, 3]), (TensorElementType.Float, new float[2 * 4 * 32], [2, 4, 32])));
        Assert.Contains("A weight is [2, 4, 32], but [2, 3, 32] fits the other inputs.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_type_fail_the_run_with_a_sentence()
    {
        using var session = Open(40, TensorElementType.Int32);

        var error = Assert.Throws<OnnxRuntimeException>(
            () => session.Run((TensorElementType.Float, new float[3], [1, 3]), (TensorElementType.Int32, new int[2 * 3 * 32], [2, 3, 32])));
        Assert.Contains("Weights must be BFloat16, Float, Int8 or UInt8, not Int32.", error.Message, StringComparison.Ordinal);
    }

    private static OperatorSession Open(int columns, TensorElementType type, bool bias = false, int rank = 2) => new(
        CpuOperators.MatMul,
        [
            (TensorElementType.Float, rank),
            (type, type is Int8Format.Type or Int4Format.Type ? 2 : 3),
            .. bias ? [(TensorElementType.Float, 1)] : Array.Empty<(TensorElementType, int)>()
        ],
        [("columns", columns)]);

    private static float[] Run(OperatorSession session, float[] input, PackedPanels weight, float[]? bias = null) => session.Run(
    [
        (TensorElementType.Float, input, [input.Length / weight.Inputs, weight.Inputs]),
        (weight.Type, weight.Panels(), weight.Shape((weight.Outputs + 31) / 32)),
        .. bias is null ? Array.Empty<(TensorElementType, Array, long[])>() : [(TensorElementType.Float, bias, [bias.Length])],
    ]);

    private static float[] Noise(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static double[] Expected(float[] input, PackedPanels weight, float[] bias)
    {
        var expected = new double[input.Length / weight.Inputs * weight.Outputs];
        for (var i = 0; i < expected.Length; i++)
        {
            var (row, output) = Math.DivRem(i, weight.Outputs);
            expected[i] = bias[output];
            for (var k = 0; k < weight.Inputs; k++)
            {
                expected[i] += (double)input[(row * weight.Inputs) + k] * weight[output, k];
            }
        }

        return expected;
    }

    [Theory]
    [InlineData(Int8Format.Type)]
    [InlineData(Int4Format.Type)]
    public void Integers_give_what_they_mean_up_to_the_rounding_of_rows(TensorElementType type)
    {
        foreach (var (columns, depth) in new[] { (1, 1), (31, 50), (33, 64), (100, 129), (256, 7) })
        {
            var random = new Random(columns);
            var weight = new PackedPanels(random, type, columns, depth);
            var bias = Noise(random, columns);
            using var session = Open(columns, type, bias: true);
            for (var rows = 1; rows <= 40; rows += 3)
            {
                var input = Noise(random, rows * depth);
                var (expected, actual) = (Expected(input, weight, bias), Run(session, input, weight, bias));
                Assert.Equal(expected.Length, actual.Length);
                Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 0.01 * Math.Sqrt(depth)));
            }
        }
    }

    private static void Check(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i], expected[i] - 1e-5, expected[i] + 1e-5);
        }
    }
}
