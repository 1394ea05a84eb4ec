using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Kernels.Operators;

namespace Qwen35Batch.Inference.Tests.Kernels;

public sealed class ExpertsKernelTests
{
    [Theory]
    [InlineData(TensorElementType.BFloat16)]
    [InlineData(TensorElementType.Float)]
    public void Any_number_of_rows_and_any_shape_is_computed_right(TensorElementType type)
    {
        foreach (var (hidden, experts, width, shared, perToken) in new[]
        {
            (33, 5, 20, 7, 2),
            (64, 8, 32, 16, 1),
            (50, 3, 65, 130, 3),
            (7, 1, 1, 1, 1),
            (96, 20, 48, 48, 8)
        })
        {
            var layer = new Layer(type, hidden, experts, width, shared, perToken);
            using var session = layer.Open();
            for (var rows = 1; rows <= 40; rows += rows < 10 ? 1 : 5)
            {
                layer.Check(session, layer.Noise(rows * hidden), layer.Noise(rows * (experts + 1)));
            }
        }
    }

    [Theory]
    [InlineData(Int8Format.Type)]
    [InlineData(Int4Format.Type)]
    public void Integers_give_what_they_mean_up_to_the_rounding_of_rows(TensorElementType type)
    {
        foreach (var (hidden, experts, width, shared, perToken) in new[]
        {
            (33, 5, 20, 7, 2),
            (64, 8, 32, 16, 1),
            (50, 3, 65, 130, 3),
            (96, 20, 48, 48, 8)
        })
        {
            var layer = new Layer(type, hidden, experts, width, shared, perToken);
            using var session = layer.Open();
            for (var rows = 1; rows <= 40; rows += 13)
            {
                layer.Check(session, layer.Noise(rows * hidden), layer.Noise(rows * (experts + 1)), tolerance: 1.5);
            }
        }
    }

    [Fact]
    public void All_rows_may_choose_one_expert_and_the_others_none()
    {
        var layer = new Layer(TensorElementType.BFloat16, 40, 6, 24, 16, 1);
        using var session = layer.Open();
        var scores = layer.Noise(37 * 7);
        for (var row = 0; row < 37; row++)
        {
            scores[(row * 7) + 4] = 9;
        }

        layer.Check(session, layer.Noise(37 * 40), scores);
    }

    [Theory]
    [InlineData(TensorElementType.BFloat16)]
    [InlineData(TensorElementType.Float)]
    [InlineData(Int8Format.Type)]
    [InlineData(Int4Format.Type)]
    public void A_rows_result_is_bit_for_bit_the_same_alone_and_among_others(TensorElementType type)
    {
        var layer = new Layer(type, 72, 12, 40, 24, 3);
        using var session = layer.Open();
        var (input, scores) = (layer.Noise(90 * 72), layer.Noise(90 * 13));
        var all = layer.Run(session, input, scores);
        foreach (var count in new[] { 1, 2, 7, 32 })
        {
            for (var first = 0; first + count <= 90; first += 29)
            {
                var part = layer.Run(session, input[(first * 72)..((first + count) * 72)], scores[(first * 13)..((first + count) * 13)]);
                Assert.Equal(all[(first * 72)..((first + count) * 72)], part);
            }
        }
    }

    [Fact]
    public void Scores_that_are_not_numbers_give_results_that_are_not_numbers()
    {
        var layer = new Layer(TensorElementType.Float, 32, 4, 16, 16, 2);
        using var session = layer.Open();

        var result = layer.Run(session, layer.Noise(2 * 32), [.. Enumerable.Repeat(float.NaN, 5), .. layer.Noise(5)]);

        Assert.All(result[..32], value => Assert.True(float.IsNaN(value)));
        Assert.All(result[32..], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void More_experts_a_row_than_there_are_fail_the_run_with_a_sentence()
    {
        var layer = new Layer(TensorElementType.Float, 32, 2, 16, 16, 3);
        using var session = layer.Open();

        var error = Assert.Throws<OnnxRuntimeException>(() => layer.Run(session, layer.Noise(32), layer.Noise(3)));
        Assert.Contains("3 of 2 experts cannot be chosen.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_experts_are_chosen_ascending_and_the_first_of_equal_ones()
    {
        var experts = new int[3];
        var weights = new float[3];

        Routing.Choose([1, 3, 2, 3, 3, -1], experts, weights);

        Assert.Equal([1, 3, 4], experts);
        Assert.All(weights, weight => Assert.Equal(1 / 3f, weight, 1e-6f));
        Routing.Choose([0, float.NaN, 1, 5], experts, weights);
        Assert.Equal([0, 2, 3], experts);
    }

    private sealed class Layer
    {
        private readonly Random _random = new(3);
        private readonly int _hidden;
        private readonly int _perToken;
        private readonly PackedPanels[] _gate;
        private readonly PackedPanels[] _up;
        private readonly PackedPanels[] _down;

        /// <summary>The last expert is the shared one.</summary>
        public Layer(TensorElementType type, int hidden, int experts, int width, int shared, int perToken)
        {
            (_hidden, _perToken) = (hidden, perToken);
            int[] widths = [.. Enumerable.Repeat(width, experts), shared];
            _gate = Array.ConvertAll(widths, own => new PackedPanels(_random, type, own, hidden));
            _up = Array.ConvertAll(widths, own => new PackedPanels(_random, type, own, hidden));
            _down = Array.ConvertAll(widths, own => new PackedPanels(_random, type, hidden, own));
        }

        private int Experts => _gate.Length - 1;

        private TensorElementType Type => _gate[0].Type;

        private int Rank => _gate[0].Shape(1).Length;

        public OperatorSession Open() => new(
            CpuOperators.Experts,
            [(TensorElementType.Float, 2), (TensorElementType.Float, 2), (Type, Rank + 1), (Type, Rank + 1), (Type, Rank), (Type, Rank)],
            [("k", _perToken)]);

        public float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];

        public float[] Run(OperatorSession session, float[] input, float[] scores)
        {
            var rows = input.Length / _hidden;
            var (width, shared, panels) = (_gate[0].Outputs, _gate[Experts].Outputs, (_hidden + 31) / 32);
            var routed = Enumerable.Range(0, Experts).ToArray();
            return session.Run(
                (TensorElementType.Float, input, [rows, _hidden]),
                (TensorElementType.Float, scores, [rows, Experts + 1]),
                (
                    Type,
                    routed.SelectMany(expert => _gate[expert].GatedPanels(_up[expert])).ToArray(),
                    _gate[0].Shape(Experts, (width + 15) / 16)),
                (
                    Type,
                    Enumerable.Range(0, panels).SelectMany(panel => routed.SelectMany(expert => _down[expert].Panel(panel))).ToArray(),
                    _down[0].Shape(panels, Experts)),
                (Type, _gate[Experts].GatedPanels(_up[Experts]), _gate[Experts].Shape((shared + 15) / 16)),
                (Type, _down[Experts].Panels(), _down[Experts].Shape(panels)));
        }

        public void Check(OperatorSession session, float[] input, float[] scores, double tolerance = 1e-3)
        {
            var result = Run(session, input, scores);
            for (var row = 0; row < input.Length / _hidden; row++)
            {
                var expected = Expected(
                    input[(row * _hidden)..((row + 1) * _hidden)], scores[(row * (Experts + 1))..((row + 1) * (Experts + 1))]);
                for (var i = 0; i < _hidden; i++)
                {
                    Assert.InRange(result[(row * _hidden) + i], expected[i] - tolerance, expected[i] + tolerance);
                }
            }
        }

        /// <summary>The softmax over all experts, the best of it made to sum to one.</summary>
        private double[] Expected(float[] x, float[] scores)
        {
            var softmax = scores[..Experts].Select(score => Math.Exp(score)).ToArray();
            var best = Enumerable.Range(0, Experts).OrderByDescending(expert => softmax[expert]).Take(_perToken).ToArray();
            var result = new double[_hidden];
            foreach (var expert in best.Append(Experts))
            {
                var weight = expert < Experts ? softmax[expert] / best.Sum(one => softmax[one]) : 1 / (1 + Math.Exp(-scores[Experts]));
                var gate = Product(_gate[expert], Array.ConvertAll(x, value => (double)value));
                var up = Product(_up[expert], Array.ConvertAll(x, value => (double)value));
                var down = Product(_down[expert], [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]);
                for (var i = 0; i < _hidden; i++)
                {
                    result[i] += weight * down[i];
                }
            }

            return result;
        }

        private static double[] Product(PackedPanels matrix, double[] x) =>
            [
                .. Enumerable.Range(0, matrix.Outputs)
                    .Select(output => Enumerable.Range(0, matrix.Inputs).Sum(input => x[input] * matrix[output, input]))
            ];
    }
}
