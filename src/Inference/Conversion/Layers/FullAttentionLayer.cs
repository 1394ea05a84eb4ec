using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Layers;

/// <summary>
/// Gated grouped-query attention with interleaved multi-axis rotary positions. States: keys and values
/// <c>[batch, key-value heads, capacity, head dim]</c>, which may be the same memory before and after.
/// </summary>
internal sealed class FullAttentionLayer(ModelGraph graph, string sequences)
{
    private readonly TextConfig _config = graph.Checkpoint.Config.Text;

    /// <param name="input"><c>[rows, hidden]</c>.</param>
    public string Build(int layer, string input)
    {
        var node = $"layers.{layer}.attention";
        var prefix = CheckpointLayout.Layer(layer) + "self_attn.";
        var width = _config.AttentionHeads * _config.HeadDim;
        var parts = Project(node, prefix, input);
        var queries = Rotate(node + ".q", parts[0], _config.AttentionHeads, prefix + "q_norm.weight");
        var keys = Rotate(node + ".k", parts[1], _config.KeyValueHeads, prefix + "k_norm.weight");
        var values = graph.Add(node + ".v_sequences", "Reshape", [parts[2], sequences]);
        var states = new CacheStates(Past("key"), Past("value"), GraphNames.Present(layer, "key"), GraphNames.Present(layer, "value"));
        var attended = graph.Operators.Attend(node + ".heads", queries, keys, values, states);
        Present(states.PresentKey);
        Present(states.PresentValue);

        var rows = graph.Reshape(node + ".rows", attended, -1, width);
        var gated = graph.Add(node + ".gated", "Mul", [rows, graph.Add(node + ".gate_sigmoid", "Sigmoid", [parts[3]])]);
        return graph.Linear(node + ".out", gated, prefix + "o_proj", _config.HiddenSize, width, _config.AttentionBias);

        string Past(string state) =>
            graph.Onnx.Input(GraphNames.Past(layer, state), OnnxType.Float, "batch", _config.KeyValueHeads, "capacity", _config.HeadDim);

        void Present(string output) =>
            graph.Onnx.Output(output, OnnxType.Float, "batch", _config.KeyValueHeads, "present_capacity", _config.HeadDim);
    }

    /// <summary>One product for queries, keys, values and gate. In the checkpoint, each head's gate follows its query.</summary>
    private string[] Project(string node, string prefix, string input)
    {
        var (hidden, dim, heads) = (_config.HiddenSize, _config.HeadDim, _config.AttentionHeads);
        var (width, keyWidth) = (heads * dim, _config.KeyValueHeads * dim);
        var query = RowBlock.Of(graph.Checkpoint.Tensor(prefix + "q_proj.weight", 2 * width, hidden));
        var weight = WeightRows.Stack(
        [
            .. Enumerable.Range(0, heads).Select(head => query.Slice(2L * head * dim, dim)),
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "k_proj.weight", keyWidth, hidden)),
            RowBlock.Of(graph.Checkpoint.Tensor(prefix + "v_proj.weight", keyWidth, hidden)),
            .. Enumerable.Range(0, heads).Select(head => query.Slice(((2L * head) + 1) * dim, dim)),
        ]);
        return graph.Onnx.Add(
            node + ".split",
            "Split",
            [
                graph.Linear(node + ".in", input, weight, _config.AttentionBias ? Bias(prefix) : null),
                graph.Onnx.Constant(width, keyWidth, keyWidth, width)
            ],
            [node + ".q", node + ".k", node + ".v", node + ".gate"],
            ("axis", -1));
    }

    private float[] Bias(string prefix)
    {
        var (dim, heads) = (_config.HeadDim, _config.AttentionHeads);
        var query = graph.Values(prefix + "q_proj.bias", 2 * heads * dim);
        return
        [
            .. Enumerable.Range(0, heads).SelectMany(head => query.Skip(2 * head * dim).Take(dim)),
            .. graph.Values(prefix + "k_proj.bias", _config.KeyValueHeads * dim),
            .. graph.Values(prefix + "v_proj.bias", _config.KeyValueHeads * dim),
            .. Enumerable.Range(0, heads).SelectMany(head => query.Skip(((2 * head) + 1) * dim).Take(dim)),
        ];
    }

    private string Rotate(string node, string input, int heads, string norm)
    {
        var weight = graph.Onnx.Constant(Norms.AddOne(graph.Values(norm, _config.HeadDim)));
        var normed = graph.Operators.RootNorm(
            node + "_norm", graph.Reshape(node + "_heads", input, -1, _config.HeadDim), weight, _config.NormEpsilon);
        return graph.Operators.Rotate(node + "_rotated", graph.Add(node + "_sequences", "Reshape", [normed, sequences]), heads);
    }
}
