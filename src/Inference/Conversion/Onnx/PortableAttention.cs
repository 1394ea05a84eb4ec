using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// Grouped-query attention of standard operators. New keys and values are scattered into the cache, which costs no copy where its input
/// and output are the same memory; what lies beyond a sequence's length is masked whatever it is.
/// </summary>
internal sealed class PortableAttention
{
    /// <summary>In place of a score that does not count.</summary>
    private const float Nothing = -1e30f;

    private readonly ModelGraph _graph;
    private readonly TextConfig _config;
    private readonly Lazy<(string Cos, string Sin)> _rotary;
    private readonly Lazy<Places> _places;

    public PortableAttention(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        _rotary = new Lazy<(string Cos, string Sin)>(BuildRotary);
        _places = new Lazy<Places>(BuildPlaces);
    }

    public string Build(string node, string queries, string keys, string values, CacheStates states)
    {
        var (dim, groups) = (_config.HeadDim, _config.KeyValueHeads);
        var perGroup = _config.AttentionHeads / groups;
        var places = _places.Value;
        var allKeys = Store(node + ".k", keys, states.PastKey, states.PresentKey);
        var allValues = _graph.Add(
            node + ".v_stored",
            "Where",
            [places.Stored, Store(node + ".v", values, states.PastValue, states.PresentValue), _graph.Onnx.Scalar(0f)]);

        // The queries of all heads that share a key head are rows of one product.
        var scaled = _graph.Add(node + ".q_scaled", "Mul", [queries, _graph.Onnx.Scalar(1 / MathF.Sqrt(dim))]);
        var heads = _graph.Reshape(node + ".q_heads", scaled, 0, 0, groups, perGroup, dim);
        var grouped = _graph.Reshape(node + ".q_groups", _graph.Onnx.Transpose(node + ".q_by_group", heads, 0, 2, 3, 1, 4), 0, 0, -1, dim);
        var scores = _graph.Add(node + ".scores", "MatMul", [grouped, _graph.Onnx.Transpose(node + ".k_columns", allKeys, 0, 1, 3, 2)]);
        var byHead = _graph.Add(node + ".scores_by_head", "Reshape", [scores, places.ScoresByHead]);
        var visible = _graph.Add(node + ".scores_visible", "Where", [places.Visible, byHead, _graph.Onnx.Scalar(Nothing)]);
        var weights = _graph.Add(node + ".weights", "Softmax", [visible], ("axis", -1));
        var mixed = _graph.Add(
            node + ".mixed", "MatMul", [_graph.Add(node + ".weights_by_group", "Reshape", [weights, places.ScoresByGroup]), allValues]);
        var mixedHeads = _graph.Reshape(node + ".mixed_heads", mixed, 0, 0, perGroup, -1, dim);
        return _graph.Reshape(
            node, _graph.Onnx.Transpose(node + ".mixed_by_token", mixedHeads, 0, 3, 1, 2, 4), 0, 0, _config.AttentionHeads * dim);
    }

    public string Rotate(string node, string input, int heads)
    {
        var (dim, half) = (_config.HeadDim, _config.RotaryDim / 2);
        var rest = dim - _config.RotaryDim;
        var (cos, sin) = _rotary.Value;
        var parts = _graph.Onnx.Add(
            node + ".split",
            "Split",
            [
                _graph.Reshape(node + ".heads", input, 0, 0, heads, dim),
                rest == 0 ? _graph.Onnx.Constant(half, half) : _graph.Onnx.Constant(half, half, rest)
            ],
            [node + ".first", node + ".second", .. rest == 0 ? Array.Empty<string>() : [node + ".rest"]],
            ("axis", -1));
        var turned = Rotation.Turn(_graph, node, parts[0], parts[1], cos, sin);
        return _graph.Reshape(
            node, _graph.Add(node + ".turned", "Concat", [turned.First, turned.Second, .. parts[2..]], ("axis", -1)), 0, 0, heads * dim);
    }

    /// <summary>Writes into the cache, and gives what of it the longest sequence fills.</summary>
    private string Store(string node, string input, string past, string present)
    {
        var heads = _graph.Onnx.Transpose(
            node + "_by_head", _graph.Reshape(node + "_heads", input, 0, 0, _config.KeyValueHeads, _config.HeadDim), 0, 2, 1, 3);
        _graph.Onnx.Add(node + "_store", "ScatterND", [past, _places.Value.Indexes, heads], [present]);
        return _graph.Add(node + "_filled", "Slice", [present, _graph.Onnx.Constant(0L), _places.Value.Longest, _graph.Onnx.Constant(2L)]);
    }

    private (string Cos, string Sin) BuildRotary()
    {
        var byToken = _graph.Add(
            "rotary.positions",
            "Cast",
            [_graph.Onnx.Transpose("rotary.by_token", GraphNames.Positions, 1, 2, 0)],
            ("to", (int)OnnxType.Float));
        var byFrequency = _graph.Add(
            "rotary.by_frequency", "Gather", [byToken, _graph.Onnx.Constant(RotaryFrequencies.Axes(_config))], ("axis", 2));
        var angles = _graph.Add("rotary.angles", "Mul", [byFrequency, _graph.Onnx.Constant(RotaryFrequencies.Of(_config))]);
        var headAxis = _graph.Onnx.Constant(2L);
        return (
            _graph.Add("rotary.cos", "Unsqueeze", [_graph.Add("rotary.cos_values", "Cos", [angles]), headAxis]),
            _graph.Add("rotary.sin", "Unsqueeze", [_graph.Add("rotary.sin_values", "Sin", [angles]), headAxis]));
    }

    private Places BuildPlaces()
    {
        var groups = _config.KeyValueHeads;
        var totals = _graph.Add("totals", "ReduceSum", [GraphNames.AttentionMask, _graph.Onnx.Constant(1L)], ("keepdims", 1));
        var longest = _graph.Add("longest", "Shape", [GraphNames.AttentionMask], ("start", 1));
        var batch = _graph.Add("batch", "Shape", [GraphNames.Positions], ("start", 1), ("end", 2));
        var length = _graph.Add("length", "Shape", [GraphNames.Positions], ("start", 2));
        var tokens = _graph.Add("tokens", "Add", [_graph.Add("past", "Sub", [totals, length]), Range("new", length)]);

        // Where each new key goes: [batch, key-value heads, sequence, 3].
        var shape = _graph.Add(
            "indexes.shape", "Concat", [batch, _graph.Onnx.Constant(groups), length, _graph.Onnx.Constant(1L)], ("axis", 0));
        string[] indexes =
        [
            _graph.Add(
                "indexes.batch", "Expand", [_graph.Reshape("indexes.batch_axis", Range("indexes.batches", batch), -1, 1, 1, 1), shape]),
            _graph.Add(
                "indexes.head",
                "Expand",
                [
                    _graph.Reshape(
                        "indexes.heads", _graph.Onnx.Constant([.. Enumerable.Range(0, groups).Select(head => (long)head)]), 1, -1, 1, 1),
                    shape
                ]),
            _graph.Add(
                "indexes.token", "Expand", [_graph.Add("indexes.tokens", "Unsqueeze", [tokens, _graph.Onnx.Constant(1L, 3L)]), shape]),
        ];

        var stored = _graph.Reshape("stored.tokens", Range("stored", longest), 1, 1, -1, 1);
        return new Places(
            _graph.Add("indexes", "Concat", indexes, ("axis", -1)),
            longest,
            _graph.Add("stored.mask", "Less", [stored, _graph.Reshape("stored.totals", totals, -1, 1, 1, 1)]),
            _graph.Add(
                "visible.mask",
                "LessOrEqual",
                [
                    _graph.Reshape("visible.keys", stored, 1, 1, 1, 1, -1),
                    _graph.Add("visible.queries", "Unsqueeze", [tokens, _graph.Onnx.Constant(1L, 2L, 4L)])
                ]),
            _graph.Add("scores.by_head", "Concat", [_graph.Onnx.Constant(0, 0, _config.AttentionHeads / groups, -1), longest], ("axis", 0)),
            _graph.Add("scores.by_group", "Concat", [_graph.Onnx.Constant(0, 0, -1), longest], ("axis", 0)));
    }

    private string Range(string node, string count) => _graph.Add(
        node + ".range", "Range", [_graph.Onnx.Scalar(0L), _graph.Add(node + ".count", "Squeeze", [count]), _graph.Onnx.Scalar(1L)]);

    /// <summary>What all full attention layers use.</summary>
    private sealed record Places(string Indexes, string Longest, string Stored, string Visible, string ScoresByHead, string ScoresByGroup);
}
