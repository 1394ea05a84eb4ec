using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>
/// The decoder as plain loops in double precision, token after token, straight from the checkpoint. It agrees with the golden cases,
/// and so says what is right for shapes that there are no golden cases of.
/// </summary>
internal sealed class ReferenceModel(Checkpoint checkpoint)
{
    private readonly Dictionary<string, double[]> _tensors = new(StringComparer.Ordinal);
    private readonly TextConfig _config = checkpoint.Config.Text;

    /// <summary>The logits of every token of one sequence.</summary>
    /// <param name="positions"><c>[3, tokens]</c>.</param>
    /// <param name="media">Embeddings that take the place of a token's own, by index.</param>
    public double[][] Logits(int[] tokens, int[] positions, IReadOnlyDictionary<int, double[]>? media = null)
    {
        var table = Tensor(CheckpointLayout.EmbeddingName);
        var hidden = tokens.Select((token, index) => media?.GetValueOrDefault(index) ?? Row(table, token, _config.HiddenSize)).ToArray();
        for (var layer = 0; layer < _config.Layers.Count; layer++)
        {
            var prefix = CheckpointLayout.Layer(layer);
            var normed = Array.ConvertAll(hidden, row => NormPlusOne(row, Tensor(prefix + "input_layernorm.weight")));
            var mixed = _config.Layers[layer] == LayerKind.Linear
                ? LinearAttention(prefix + "linear_attn.", normed)
                : Attention(prefix + "self_attn.", normed, positions);
            hidden = [.. hidden.Zip(mixed, Sum)];
            hidden = Array.ConvertAll(
                hidden,
                row => Sum(row, FeedForward(prefix + "mlp.", NormPlusOne(row, Tensor(prefix + "post_attention_layernorm.weight")))));
        }

        var head = checkpoint.Config.TiedHead ? table : Tensor(CheckpointLayout.HeadName);
        return Array.ConvertAll(hidden, row => Times(head, NormPlusOne(row, Tensor("model.language_model.norm.weight"))));
    }

    private double[][] LinearAttention(string prefix, double[][] rows)
    {
        var (keyHeads, valueHeads, keyDim, valueDim) = (
            _config.LinearKeyHeads, _config.LinearValueHeads, _config.LinearKeyDim, _config.LinearValueDim);
        var kernel = Tensor(prefix + "conv1d.weight");
        var projected = Array.ConvertAll(rows, row => Times(Tensor(prefix + "in_proj_qkv.weight"), row));
        var states = Enumerable.Range(0, valueHeads).Select(_ => new double[keyDim, valueDim]).ToArray();
        var results = new double[rows.Length][];
        for (var t = 0; t < rows.Length; t++)
        {
            var mixed = new double[_config.ConvWidth];
            for (var c = 0; c < mixed.Length; c++)
            {
                for (var k = 0; k < _config.ConvKernel && t - k >= 0; k++)
                {
                    mixed[c] += projected[t - k][c] * kernel[(c * _config.ConvKernel) + _config.ConvKernel - 1 - k];
                }

                mixed[c] = Silu(mixed[c]);
            }

            var z = Times(Tensor(prefix + "in_proj_z.weight"), rows[t]);
            var a = Times(Tensor(prefix + "in_proj_a.weight"), rows[t]);
            var b = Times(Tensor(prefix + "in_proj_b.weight"), rows[t]);
            var output = new double[valueHeads * valueDim];
            for (var head = 0; head < valueHeads; head++)
            {
                var keyHead = head / (valueHeads / keyHeads);
                var query = L2(Row(mixed, keyHead, keyDim)).Select(value => value / Math.Sqrt(keyDim)).ToArray();
                var key = L2(Row(mixed, keyHeads + keyHead, keyDim));
                var value = mixed.AsSpan((2 * keyHeads * keyDim) + (head * valueDim), valueDim).ToArray();
                var decay = Math.Exp(
                    -Math.Exp(Tensor(prefix + "A_log")[head]) * Math.Log(1 + Math.Exp(a[head] + Tensor(prefix + "dt_bias")[head])));
                var read = Rule(states[head], query, key, value, decay, Sigmoid(b[head]));
                var normed = Norm(read, Tensor(prefix + "norm.weight"));
                for (var d = 0; d < valueDim; d++)
                {
                    output[(head * valueDim) + d] = normed[d] * Silu(z[(head * valueDim) + d]);
                }
            }

            results[t] = Times(Tensor(prefix + "out_proj.weight"), output);
        }

        return results;
    }

    private static double[] Rule(double[,] state, double[] query, double[] key, double[] value, double decay, double beta)
    {
        var read = new double[value.Length];
        for (var d = 0; d < value.Length; d++)
        {
            var memory = 0.0;
            for (var k = 0; k < key.Length; k++)
            {
                state[k, d] *= decay;
                memory += state[k, d] * key[k];
            }

            for (var k = 0; k < key.Length; k++)
            {
                state[k, d] += key[k] * (value[d] - memory) * beta;
                read[d] += state[k, d] * query[k];
            }
        }

        return read;
    }

    private double[][] Attention(string prefix, double[][] rows, int[] positions)
    {
        var (heads, keyHeads, dim) = (_config.AttentionHeads, _config.KeyValueHeads, _config.HeadDim);
        var projected = Array.ConvertAll(rows, row => Linear(prefix + "q_proj", row));
        var keys = Array.ConvertAll(rows, row => Linear(prefix + "k_proj", row));
        var values = Array.ConvertAll(rows, row => Linear(prefix + "v_proj", row));
        var results = new double[rows.Length][];
        for (var t = 0; t < rows.Length; t++)
        {
            var output = new double[heads * dim];
            for (var head = 0; head < heads; head++)
            {
                var keyHead = head / (heads / keyHeads);
                var query = Rotate(
                    NormPlusOne(Row(projected[t], 2 * head, dim), Tensor(prefix + "q_norm.weight")), positions, t, rows.Length);
                var scores = new double[t + 1];
                for (var s = 0; s <= t; s++)
                {
                    var key = Rotate(NormPlusOne(Row(keys[s], keyHead, dim), Tensor(prefix + "k_norm.weight")), positions, s, rows.Length);
                    scores[s] = Dot(query, key) / Math.Sqrt(dim);
                }

                var weights = Softmax(scores);
                var gate = Row(projected[t], (2 * head) + 1, dim);
                for (var d = 0; d < dim; d++)
                {
                    output[(head * dim) + d] = Enumerable.Range(0, t + 1).Sum(s => weights[s] * values[s][(keyHead * dim) + d])
                        * Sigmoid(gate[d]);
                }
            }

            results[t] = Linear(prefix + "o_proj", output);
        }

        return results;
    }

    private double[] Rotate(double[] head, int[] positions, int token, int length)
    {
        var rotated = (double[])head.Clone();
        var half = _config.RotaryDim / 2;
        for (var i = 0; i < half; i++)
        {
            var axis = i % 3 == 1 && i < 3 * _config.RopeSections[1] ? 1 : i % 3 == 2 && i < 3 * _config.RopeSections[2] ? 2 : 0;
            var angle = positions[(axis * length) + token] * Math.Pow(_config.RopeTheta, -2.0 * i / _config.RotaryDim);
            rotated[i] = (head[i] * Math.Cos(angle)) - (head[half + i] * Math.Sin(angle));
            rotated[half + i] = (head[half + i] * Math.Cos(angle)) + (head[i] * Math.Sin(angle));
        }

        return rotated;
    }

    private double[] FeedForward(string prefix, double[] row)
    {
        if (_config.Experts is not { } experts)
        {
            return Gated(row, Tensor(prefix + "gate_proj.weight"), Tensor(prefix + "up_proj.weight"), Tensor(prefix + "down_proj.weight"));
        }

        var scores = Times(Tensor(prefix + "gate.weight"), row);
        var chosen = Enumerable.Range(0, experts.Count).OrderByDescending(expert => scores[expert]).Take(experts.PerToken).ToArray();
        var weights = Softmax([.. chosen.Select(expert => scores[expert])]);
        var shared = Gated(
            row,
            Tensor(prefix + "shared_expert.gate_proj.weight"),
            Tensor(prefix + "shared_expert.up_proj.weight"),
            Tensor(prefix + "shared_expert.down_proj.weight"));
        var share = Sigmoid(Times(Tensor(prefix + "shared_expert_gate.weight"), row)[0]);
        var sum = Array.ConvertAll(shared, value => value * share);
        for (var i = 0; i < chosen.Length; i++)
        {
            var (gate, up, down) = Expert(prefix, chosen[i], experts.IntermediateSize);
            sum = Sum(sum, Array.ConvertAll(Gated(row, gate, up, down), value => value * weights[i]));
        }

        return sum;
    }

    private (double[] Gate, double[] Up, double[] Down) Expert(string prefix, int expert, int intermediate)
    {
        if (!checkpoint.Has(prefix + "experts.gate_up_proj"))
        {
            var one = $"{prefix}experts.{expert}.";
            return (Tensor(one + "gate_proj.weight"), Tensor(one + "up_proj.weight"), Tensor(one + "down_proj.weight"));
        }

        var size = intermediate * _config.HiddenSize;
        var both = Tensor(prefix + "experts.gate_up_proj");
        return (Row(both, 2 * expert, size), Row(both, (2 * expert) + 1, size), Row(Tensor(prefix + "experts.down_proj"), expert, size));
    }

    private static double[] Gated(double[] row, double[] gate, double[] up, double[] down) =>
        Times(down, [.. Times(gate, row).Zip(Times(up, row), (g, u) => Silu(g) * u)]);

    private double[] Linear(string name, double[] row)
    {
        var result = Times(Tensor(name + ".weight"), row);
        return _config.AttentionBias ? Sum(result, Tensor(name + ".bias")) : result;
    }

    private double[] Tensor(string name)
    {
        if (!_tensors.TryGetValue(name, out var values))
        {
            values = Array.ConvertAll(checkpoint.Tensors[name].ReadFloats(), value => (double)value);
            _tensors.Add(name, values);
        }

        return values;
    }

    private double[] NormPlusOne(double[] row, double[] weight) => Norm(row, Array.ConvertAll(weight, value => 1 + value));

    private double[] Norm(double[] row, double[] weight)
    {
        var scale = 1 / Math.Sqrt((row.Sum(value => value * value) / row.Length) + _config.NormEpsilon);
        return [.. row.Zip(weight, (value, factor) => value * scale * factor)];
    }

    private static double[] L2(double[] row)
    {
        var scale = 1 / Math.Sqrt(row.Sum(value => value * value) + 1e-6);
        return Array.ConvertAll(row, value => value * scale);
    }

    private static double[] Times(double[] matrix, double[] row)
    {
        var result = new double[matrix.Length / row.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Dot(matrix.AsSpan(i * row.Length, row.Length), row);
        }

        return result;
    }

    private static double Dot(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return sum;
    }

    private static double[] Softmax(double[] scores)
    {
        var largest = scores.Max();
        var weights = Array.ConvertAll(scores, score => Math.Exp(score - largest));
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    private static double[] Row(double[] matrix, int row, int width) => matrix.AsSpan(row * width, width).ToArray();

    private static double[] Sum(double[] first, double[] second) => [.. first.Zip(second, (a, b) => a + b)];

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    private static double Silu(double value) => value * Sigmoid(value);
}
