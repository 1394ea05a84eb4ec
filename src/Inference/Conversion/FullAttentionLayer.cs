using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>
/// Gated grouped-query attention with interleaved multi-axis rotary positions. States: keys and values
/// <c>[batch, key-value heads, capacity, head dim]</c>, which may be the same memory before and after.
/// </summary>
internal sealed class FullAttentionLayer
{
    private readonly ModelGraph _graph;
    private readonly TextConfig _config;
    private readonly string _sequences;
    private readonly Lazy<Shared> _shared;

    public FullAttentionLayer(ModelGraph graph, string sequences)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        _sequences = sequences;
        _shared = new Lazy<Shared>(BuildShared);
    }

    /// <param name="input"><c>[rows, hidden]</c>.</param>
    public string Build(int layer, string input)
    {
        var node = $"layers.{layer}.attention";
        var prefix = CheckpointLayout.Layer(layer) + "self_attn.";
        var (heads, dim) = (_config.AttentionHeads, _config.HeadDim);
        var parts = Project(node, prefix, input);
        var queries = Rotate(node + ".q", parts[0], heads, prefix + "q_norm.weight");
        var keys = Rotate(node + ".k", parts[1], _config.KeyValueHeads, prefix + "k_norm.weight");
        var values = _graph.Add(node + ".v_sequences", "Reshape", [parts[2], _sequences]);
        var (presentKey, presentValue) = (GraphNames.Present(layer, "key"), GraphNames.Present(layer, "value"));
        _graph.Onnx.Add(
            node + ".heads",
            "GroupQueryAttention",
            [
                queries,
                keys,
                values,
                _graph.Onnx.Input(GraphNames.Past(layer, "key"), OnnxType.Float, "batch", _config.KeyValueHeads, "capacity", dim),
                _graph.Onnx.Input(GraphNames.Past(layer, "value"), OnnxType.Float, "batch", _config.KeyValueHeads, "capacity", dim),
                _shared.Value.LastIndexes,
                _shared.Value.Total,
            ],
            [node + ".heads", presentKey, presentValue],
            ("num_heads", heads),
            ("kv_num_heads", _config.KeyValueHeads));
        _graph.Onnx.Output(presentKey, OnnxType.Float, "batch", _config.KeyValueHeads, "present_capacity", dim);
        _graph.Onnx.Output(presentValue, OnnxType.Float, "batch", _config.KeyValueHeads, "present_capacity", dim);

        var rows = _graph.Reshape(node + ".rows", node + ".heads", -1, heads * dim);
        var gated = _graph.Add(node + ".gated", "Mul", [rows, _graph.Add(node + ".gate_sigmoid", "Sigmoid", [parts[3]])]);
        return _graph.Linear(node + ".out", gated, prefix + "o_proj", _config.HiddenSize, heads * dim, _config.AttentionBias);
    }

    /// <summary>One product for queries, keys, values and gate. In the checkpoint, each head's gate follows its query.</summary>
    private string[] Project(string node, string prefix, string input)
    {
        var (hidden, dim, heads) = (_config.HiddenSize, _config.HeadDim, _config.AttentionHeads);
        var (width, keyWidth) = (heads * dim, _config.KeyValueHeads * dim);
        var query = RowBlock.Of(_graph.Checkpoint.Tensor(prefix + "q_proj.weight", 2 * width, hidden));
        var weight = WeightRows.Stack(
        [
            .. Enumerable.Range(0, heads).Select(head => query.Slice(2L * head * dim, dim)),
            RowBlock.Of(_graph.Checkpoint.Tensor(prefix + "k_proj.weight", keyWidth, hidden)),
            RowBlock.Of(_graph.Checkpoint.Tensor(prefix + "v_proj.weight", keyWidth, hidden)),
            .. Enumerable.Range(0, heads).Select(head => query.Slice(((2L * head) + 1) * dim, dim)),
        ]);
        return _graph.Onnx.Add(
            node + ".split",
            "Split",
            [_graph.Linear(node + ".in", input, weight, _config.AttentionBias ? Bias(prefix) : null), _graph.Onnx.Constant(width, keyWidth, keyWidth, width)],
            [node + ".q", node + ".k", node + ".v", node + ".gate"],
            ("axis", -1));
    }

    private float[] Bias(string prefix)
    {
        var (dim, heads) = (_config.HeadDim, _config.AttentionHeads);
        var query = _graph.Values(prefix + "q_proj.bias", 2 * heads * dim);
        return
        [
            .. Enumerable.Range(0, heads).SelectMany(head => query.Skip(2 * head * dim).Take(dim)),
            .. _graph.Values(prefix + "k_proj.bias", _config.KeyValueHeads * dim),
            .. _graph.Values(prefix + "v_proj.bias", _config.KeyValueHeads * dim),
            .. Enumerable.Range(0, heads).SelectMany(head => query.Skip(((2 * head) + 1) * dim).Take(dim)),
        ];
    }

    private string Rotate(string node, string input, int heads, string norm)
    {
        var weight = _graph.Onnx.Constant(Norms.AddOne(_graph.Values(norm, _config.HeadDim)));
        var normed = Norms.Root(_graph, node + "_norm", _graph.Reshape(node + "_heads", input, -1, _config.HeadDim), weight, _config.NormEpsilon);
        return _graph.Add(
            node + "_rotated",
            "MRotaryEmbedding",
            [_graph.Add(node + "_sequences", "Reshape", [normed, _sequences]), GraphNames.Positions, _shared.Value.Cos, _shared.Value.Sin],
            ("num_heads", heads),
            ("rotary_embedding_dim", _config.RotaryDim),
            ("mrope_layout", 1),
            ("mrope_section", _config.RopeSections.ToArray()));
    }

    private Shared BuildShared()
    {
        var totals = _graph.Add("total_lengths", "ReduceSum", [GraphNames.AttentionMask, _graph.Onnx.Constant(1L)], ("keepdims", 0));
        var indexes = _graph.Add("last_indexes_64", "Sub", [totals, _graph.Onnx.Constant(1L)]);
        var longest = _graph.Add("longest_64", "Shape", [GraphNames.AttentionMask], ("start", 1));
        var half = _config.RotaryDim / 2;
        return new Shared(
            _graph.Add("last_indexes", "Cast", [indexes], ("to", (int)OnnxType.Int32)),
            _graph.Add("longest", "Cast", [_graph.Add("longest_scalar", "Squeeze", [longest])], ("to", (int)OnnxType.Int32)),
            _graph.Table("rotary.cos", [_config.MaxPositions, half], Angles(MathF.Cos)),
            _graph.Table("rotary.sin", [_config.MaxPositions, half], Angles(MathF.Sin)));
    }

    /// <summary>One row a position. In single precision throughout, as the reference computes it.</summary>
    private IEnumerable<float[]> Angles(Func<float, float> function)
    {
        var frequencies = Enumerable.Range(0, _config.RotaryDim / 2)
            .Select(i => 1 / (float)Math.Pow(_config.RopeTheta, 2f * i / _config.RotaryDim)).ToArray();
        for (var position = 0; position < _config.MaxPositions; position++)
        {
            var at = (float)position;
            yield return Array.ConvertAll(frequencies, frequency => function(at * frequency));
        }
    }

    /// <summary>What all full attention layers use.</summary>
    private sealed record Shared(string LastIndexes, string Total, string Cos, string Sin);
}
