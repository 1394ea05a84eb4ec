using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>
/// Gated DeltaNet: projections, causal convolution, the gated delta rule, the gated norm. States: the last inputs of the convolution
/// <c>[batch, kernel - 1, channels]</c>, and the recurrent state <c>[batch, value heads, key dim, value dim]</c>.
/// </summary>
internal sealed class LinearAttentionLayer(ModelGraph graph, string sequences)
{
    /// <summary>Under the square root of the L2 norm of queries and keys.</summary>
    private const float L2Epsilon = 1e-6f;

    private readonly TextConfig _config = graph.Checkpoint.Config.Text;

    /// <param name="input"><c>[rows, hidden]</c>.</param>
    public string Build(int layer, string input)
    {
        var node = $"layers.{layer}.linear_attention";
        var prefix = CheckpointLayout.Layer(layer) + "linear_attn.";
        var parts = Project(node, prefix, input);
        var (queries, keys, values) = Convolve(node, prefix, layer, parts[0]);
        var gates = graph.Onnx.Add(
            node + ".gate",
            "LinearAttentionGate",
            [
                graph.Add(node + ".a_sequences", "Reshape", [parts[3], sequences]),
                graph.Onnx.Constant(graph.Values(prefix + "dt_bias", _config.LinearValueHeads)),
                graph.Onnx.Constant(Array.ConvertAll(graph.Values(prefix + "A_log", _config.LinearValueHeads), value => -MathF.Exp(value))),
                graph.Add(node + ".b_sequences", "Reshape", [parts[2], sequences]),
            ],
            [node + ".decay", node + ".beta"]);
        var past = graph.Onnx.Input(GraphNames.Past(layer, "recurrent_state"), OnnxType.Float, "batch", _config.LinearValueHeads, _config.LinearKeyDim, _config.LinearValueDim);
        var present = GraphNames.Present(layer, "recurrent_state");
        graph.Onnx.Add(
            node + ".rule",
            "LinearAttention",
            [queries, keys, values, past, gates[0], gates[1]],
            [node + ".rule", present],
            ("q_num_heads", _config.LinearKeyHeads),
            ("kv_num_heads", _config.LinearValueHeads),
            ("update_rule", "gated_delta"),
            ("scale", 1 / MathF.Sqrt(_config.LinearKeyDim)));
        graph.Onnx.Output(present, OnnxType.Float, "batch", _config.LinearValueHeads, _config.LinearKeyDim, _config.LinearValueDim);
        return Finish(node, prefix, parts[1]);
    }

    /// <summary>Two products for the four projections: qkv and z, and the small b and a, which steer the state and stay exact.</summary>
    private string[] Project(string node, string prefix, string input)
    {
        var (hidden, heads) = (_config.HiddenSize, _config.LinearValueHeads);
        var wide = graph.Linear(node + ".in", input, WeightRows.Stack(
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "in_proj_qkv.weight", _config.ConvWidth, hidden)),
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "in_proj_z.weight", _config.LinearValueWidth, hidden))));
        var narrow = graph.ExactLinear(node + ".in_gates", input, WeightRows.Stack(
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "in_proj_b.weight", heads, hidden)),
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "in_proj_a.weight", heads, hidden))));
        return
        [
            .. graph.Onnx.Add(node + ".split", "Split", [wide, graph.Onnx.Constant(_config.ConvWidth, _config.LinearValueWidth)], [node + ".qkv", node + ".z"], ("axis", -1)),
            .. graph.Onnx.Add(node + ".gates_split", "Split", [narrow, graph.Onnx.Constant(heads, heads)], [node + ".b", node + ".a"], ("axis", -1)),
        ];
    }

    private (string Queries, string Keys, string Values) Convolve(string node, string prefix, int layer, string qkv)
    {
        var taps = _config.ConvKernel - 1;
        var past = graph.Onnx.Input(GraphNames.Past(layer, "conv_state"), OnnxType.Float, "batch", taps, _config.ConvWidth);
        var present = GraphNames.Present(layer, "conv_state");
        graph.Onnx.Add(
            node + ".conv",
            "CausalConvWithState",
            [graph.Add(node + ".qkv_sequences", "Reshape", [qkv, sequences]), graph.Weight(prefix + "conv1d.weight", _config.ConvWidth, 1, _config.ConvKernel), "", past],
            [node + ".conv", present],
            ("channels_last", 1),
            ("activation", "none"));
        graph.Onnx.Output(present, OnnxType.Float, "batch", taps, _config.ConvWidth);

        // SiLU outside: the operator's own is scalar, QuickGelu with alpha 1 is the same and vectorised.
        var active = graph.Add(node + ".conv_silu", "QuickGelu", [node + ".conv"], ("alpha", 1f));
        var parts = graph.Onnx.Add(
            node + ".conv_split",
            "Split",
            [active, graph.Onnx.Constant(2 * _config.LinearKeyWidth, _config.LinearValueWidth)],
            [node + ".qk", node + ".v"],
            ("axis", -1));

        // The L2 norm is a root-mean-square norm with another scale: the mean is the sum / dim.
        var dim = _config.LinearKeyDim;
        var scale = graph.Onnx.Constant(Enumerable.Repeat(1 / MathF.Sqrt(dim), dim).ToArray());
        var heads = graph.Reshape(node + ".qk_heads", parts[0], 0, 0, 2 * _config.LinearKeyHeads, dim);
        var normed = Norms.Root(graph, node + ".qk_norm", heads, scale, L2Epsilon / dim);
        var flat = graph.Reshape(node + ".qk_normed", normed, 0, 0, 2 * _config.LinearKeyWidth);
        var queriesAndKeys = graph.Onnx.Add(
            node + ".qk_split", "Split", [flat, graph.Onnx.Constant(_config.LinearKeyWidth, _config.LinearKeyWidth)], [node + ".q", node + ".k"], ("axis", -1));
        return (queriesAndKeys[0], queriesAndKeys[1], parts[1]);
    }

    /// <summary>The gated norm (its weight is used as it is stored) and the output projection.</summary>
    private string Finish(string node, string prefix, string z)
    {
        var dim = _config.LinearValueDim;
        var weight = graph.Onnx.Constant(graph.Values(prefix + "norm.weight", dim));
        var normed = Norms.Root(graph, node + ".norm", graph.Reshape(node + ".heads", node + ".rule", -1, dim), weight, _config.NormEpsilon);
        var gate = graph.Add(node + ".z_silu", "QuickGelu", [graph.Reshape(node + ".z_heads", z, -1, dim)], ("alpha", 1f));
        var gated = graph.Add(node + ".gated", "Mul", [normed, gate]);
        var rows = graph.Reshape(node + ".rows", gated, -1, _config.LinearValueWidth);
        return graph.Linear(node + ".out", rows, prefix + "out_proj", _config.HiddenSize, _config.LinearValueWidth);
    }
}
