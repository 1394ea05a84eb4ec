using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Gated DeltaNet: projections, causal convolution, the gated delta rule, the gated norm. States: the last inputs of the convolution
/// <c>[batch, kernel - 1, channels]</c>, and the recurrent state <c>[batch, value heads, key dim, value dim]</c>.
/// </summary>
internal sealed class LinearAttentionLayer(ModelGraph graph, string sequences)
{
    private readonly TextConfig _config = graph.Checkpoint.Config.Text;

    /// <param name="input"><c>[rows, hidden]</c>.</param>
    public string Build(int layer, string input)
    {
        var node = $"layers.{layer}.linear_attention";
        var prefix = CheckpointLayout.Layer(layer) + "linear_attn.";
        var parts = Project(node, prefix, input);
        var convolved = Convolve(node, prefix, layer, parts[0]);
        var past = graph.Onnx.Input(
            GraphNames.Past(layer, "recurrent_state"),
            OnnxType.Float,
            "batch",
            _config.LinearValueHeads,
            _config.LinearKeyDim,
            _config.LinearValueDim);
        var present = GraphNames.Present(layer, "recurrent_state");
        var values = graph.Operators.DeltaRule(
            node + ".rule",
            new DeltaRuleInputs(
                convolved[0],
                convolved[1],
                graph.Add(node + ".a_sequences", "Reshape", [parts[3], sequences]),
                graph.Add(node + ".b_sequences", "Reshape", [parts[2], sequences]),
                graph.Onnx.Constant(graph.Values(prefix + "dt_bias", _config.LinearValueHeads)),
                graph.Onnx.Constant(
                    Array.ConvertAll(graph.Values(prefix + "A_log", _config.LinearValueHeads), value => -MathF.Exp(value)))),
            past,
            present);
        graph.Onnx.Output(present, OnnxType.Float, "batch", _config.LinearValueHeads, _config.LinearKeyDim, _config.LinearValueDim);
        return Finish(node, prefix, parts[1], values);
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
            .. graph.Onnx.Add(
                node + ".split",
                "Split",
                [wide, graph.Onnx.Constant(_config.ConvWidth, _config.LinearValueWidth)],
                [node + ".qkv", node + ".z"],
                ("axis", -1)),
            .. graph.Onnx.Add(
                node + ".gates_split", "Split", [narrow, graph.Onnx.Constant(heads, heads)], [node + ".b", node + ".a"], ("axis", -1)),
        ];
    }

    /// <summary>Queries with keys, and values, as sequences.</summary>
    private string[] Convolve(string node, string prefix, int layer, string qkv)
    {
        var taps = _config.ConvKernel - 1;
        var past = graph.Onnx.Input(GraphNames.Past(layer, "conv_state"), OnnxType.Float, "batch", taps, _config.ConvWidth);
        var present = GraphNames.Present(layer, "conv_state");
        var convolved = graph.Operators.Convolve(
            node + ".conv",
            graph.Add(node + ".qkv_sequences", "Reshape", [qkv, sequences]),
            graph.Weight(prefix + "conv1d.weight", _config.ConvWidth, 1, _config.ConvKernel),
            past,
            present);
        graph.Onnx.Output(present, OnnxType.Float, "batch", taps, _config.ConvWidth);
        return graph.Onnx.Add(
            node + ".conv_split",
            "Split",
            [
                graph.Operators.Silu(node + ".conv_silu", convolved),
                graph.Onnx.Constant(2 * _config.LinearKeyWidth, _config.LinearValueWidth)
            ],
            [node + ".qk", node + ".v"],
            ("axis", -1));
    }

    /// <summary>The gated norm (its weight is used as it is stored) and the output projection.</summary>
    private string Finish(string node, string prefix, string z, string values)
    {
        var dim = _config.LinearValueDim;
        var weight = graph.Onnx.Constant(graph.Values(prefix + "norm.weight", dim));
        var normed = graph.Operators.RootNorm(node + ".norm", graph.Reshape(node + ".heads", values, -1, dim), weight, _config.NormEpsilon);
        var gate = graph.Operators.Silu(node + ".z_silu", graph.Reshape(node + ".z_heads", z, -1, dim));
        var gated = graph.Add(node + ".gated", "Mul", [normed, gate]);
        var rows = graph.Reshape(node + ".rows", gated, -1, _config.LinearValueWidth);
        return graph.Linear(node + ".out", rows, prefix + "out_proj", _config.HiddenSize, _config.LinearValueWidth);
    }
}
