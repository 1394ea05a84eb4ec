using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>ONNX Runtime's contrib operators.</summary>
internal class FusedOperators : IOperatorSet
{
    private readonly ModelGraph _graph;
    private readonly TextConfig _config;
    private readonly Lazy<(string Cos, string Sin)> _rotary;
    private readonly Lazy<(string LastIndexes, string Longest)> _lengths;

    public FusedOperators(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        var half = _config.RotaryDim / 2;
        _rotary = new Lazy<(string Cos, string Sin)>(() => (
            graph.Table("rotary.cos", [_config.MaxPositions, half], Angles(MathF.Cos)),
            graph.Table("rotary.sin", [_config.MaxPositions, half], Angles(MathF.Sin))));
        _lengths = new Lazy<(string LastIndexes, string Longest)>(Lengths);
    }

    public string RootNorm(string node, string input, string weight, float epsilon) =>
        _graph.Add(node, "SimplifiedLayerNormalization", [input, weight], ("axis", -1), ("epsilon", epsilon), ("stash_type", 1));

    public (string Normed, string Sum) AddAndNorm(string node, string hidden, string branch, string weight, float epsilon)
    {
        var outputs = _graph.Onnx.Add(
            node, "SkipSimplifiedLayerNormalization", [hidden, branch, weight], [node, "", "", node + ".sum"], ("epsilon", epsilon));
        return (outputs[0], outputs[3]);
    }

    public string Silu(string node, string input) => _graph.Add(node, "QuickGelu", [input], ("alpha", 1f));

    public string GatedAdd(string node, string sum, string branch, string gate) => _graph.Add(node, "GatedAdd", [sum, branch, gate]);

    /// <remarks>Without activation: the operator's own is scalar.</remarks>
    public string Convolve(string node, string input, string weight, string past, string present) => _graph.Onnx.Add(
        node, "CausalConvWithState", [input, weight, "", past], [node, present], ("channels_last", 1), ("activation", "none"))[0];

    public string DeltaRule(string node, DeltaRuleInputs inputs, string past, string present)
    {
        // The L2 norm is a root-mean-square norm with another scale: the mean is the sum / dim.
        var dim = _config.LinearKeyDim;
        var width = _config.LinearKeyWidth;
        var scale = _graph.Onnx.Constant(Enumerable.Repeat(1 / MathF.Sqrt(dim), dim).ToArray());
        var heads = _graph.Reshape(node + ".qk_heads", inputs.QueriesAndKeys, 0, 0, 2 * _config.LinearKeyHeads, dim);
        var normed = RootNorm(node + ".qk_norm", heads, scale, DeltaRuleInputs.NormEpsilon / dim);
        var flat = _graph.Reshape(node + ".qk_normed", normed, 0, 0, 2 * width);
        var parts = _graph.Onnx.Add(
            node + ".qk_split", "Split", [flat, _graph.Onnx.Constant(width, width)], [node + ".q", node + ".k"], ("axis", -1));
        var gates = _graph.Onnx.Add(
            node + ".gate",
            "LinearAttentionGate",
            [inputs.Decay, inputs.DecayBias, inputs.DecayScale, inputs.Beta],
            [node + ".decay", node + ".beta"]);
        return _graph.Onnx.Add(
            node,
            "LinearAttention",
            [parts[0], parts[1], inputs.Values, past, gates[0], gates[1]],
            [node, present],
            ("q_num_heads", _config.LinearKeyHeads),
            ("kv_num_heads", _config.LinearValueHeads),
            ("update_rule", "gated_delta"),
            ("scale", 1 / MathF.Sqrt(dim)))[0];
    }

    public string Rotate(string node, string input, int heads) => _graph.Add(
        node,
        "MRotaryEmbedding",
        [input, GraphNames.Positions, _rotary.Value.Cos, _rotary.Value.Sin],
        ("num_heads", heads),
        ("rotary_embedding_dim", _config.RotaryDim),
        ("mrope_layout", 1),
        ("mrope_section", _config.RopeSections.ToArray()));

    public string Attend(string node, string queries, string keys, string values, CacheStates states) => _graph.Onnx.Add(
        node,
        "GroupQueryAttention",
        [queries, keys, values, states.PastKey, states.PastValue, _lengths.Value.LastIndexes, _lengths.Value.Longest],
        [node, states.PresentKey, states.PresentValue],
        ("num_heads", _config.AttentionHeads),
        ("kv_num_heads", _config.KeyValueHeads))[0];

    public virtual string Experts(string node, string input, string scores, string prefix) => _graph.Experts(node, input, scores, prefix);

    public string AttendWithinFrames(string node, string[] parts, string framesShape, string cos, string sin)
    {
        var frames = parts.Select((part, i) => _graph.Add($"{node}.frames_{i}", "Reshape", [part, framesShape])).ToArray();
        var attended = _graph.Add(node, "MultiHeadAttention", [Turn("q", frames[0]), Turn("k", frames[1]), frames[2]], Heads());
        return _graph.Reshape(node + ".rows", attended, -1, _graph.Checkpoint.Config.Vision.HiddenSize);

        string Turn(string part, string input) =>
            _graph.Add($"{node}.{part}_rotated", "RotaryEmbedding", [input, _graph.Onnx.Constant(0L), cos, sin], Heads());

        (string Name, object Value) Heads() => ("num_heads", _graph.Checkpoint.Config.Vision.Heads);
    }

    /// <summary>The place of each sequence's last token after the step, and the length of the longest.</summary>
    protected virtual (string LastIndexes, string Longest) Lengths()
    {
        var totals = _graph.Add("total_lengths", "ReduceSum", [GraphNames.AttentionMask, _graph.Onnx.Constant(1L)], ("keepdims", 0));
        var indexes = _graph.Add("last_indexes_64", "Sub", [totals, _graph.Onnx.Constant(1L)]);
        var longest = _graph.Add("longest_64", "Shape", [GraphNames.AttentionMask], ("start", 1));
        return (
            _graph.Add("last_indexes", "Cast", [indexes], ("to", (int)OnnxType.Int32)),
            _graph.Add("longest", "Cast", [_graph.Add("longest_scalar", "Squeeze", [longest])], ("to", (int)OnnxType.Int32)));
    }

    /// <summary>One row a position. In single precision throughout, as the reference computes it.</summary>
    private IEnumerable<float[]> Angles(Func<float, float> function)
    {
        var frequencies = RotaryFrequencies.Of(_config);
        for (var position = 0; position < _config.MaxPositions; position++)
        {
            var at = (float)position;
            yield return Array.ConvertAll(frequencies, frequency => function(at * frequency));
        }
    }
}
