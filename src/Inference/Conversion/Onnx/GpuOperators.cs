using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>ONNX Runtime's contrib operators that its WebGPU provider has, without arithmetic on shapes.</summary>
internal sealed class GpuOperators(ModelGraph graph) : FusedOperators(graph)
{
    private readonly ModelGraph _graph = graph;

    public override string Experts(string node, string input, string scores, string prefix) => _graph.QuantisesExperts(node)
        ? _graph.Experts(node, input, scores, prefix)
        : new DenseExperts(_graph).Build(node, input, scores, prefix);

    /// <remarks>
    /// With a bias, if only of zeros, the operator computes all scores. Without, it takes the way of flash attention, whose kernel in ONNX
    /// Runtime 1.30 is wrong where subgroups have fewer than 8 lanes.
    /// </remarks>
    protected override string AttendToFrames(
        string node, string queries, string keys, string values, (string Name, object Value) heads)
    {
        // Patches come in blocks, so that their number can be divided: only a part of the scores is held at a time.
        var count = _graph.Checkpoint.Config.Vision.MergeUnit;
        var none = _graph.Onnx.Constant(new float[3 * _graph.Checkpoint.Config.Vision.HiddenSize]);
        var parts = _graph.Onnx.Add(
            node + ".query_split",
            "Split",
            [queries],
            [.. Enumerable.Range(0, count).Select(part => $"{node}.queries_{part}")],
            ("axis", 1),
            ("num_outputs", count));
        var attended = parts.Select(
            (part, i) => _graph.Add($"{node}.attended_{i}", "MultiHeadAttention", [part, keys, values, none], heads));
        return _graph.Add(node, "Concat", [.. attended], ("axis", 1));
    }

    protected override (string LastIndexes, string Longest) Lengths() => (GraphNames.LastIndexes, GraphNames.LongestLength);
}
