using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>ONNX Runtime's contrib operators that its WebGPU provider has, without arithmetic on shapes.</summary>
internal sealed class GpuOperators(ModelGraph graph) : FusedOperators(graph)
{
    private readonly ModelGraph _graph = graph;

    /// <remarks>
    /// Experts in 8-bit integers are computed in floats: the operator of ONNX Runtime 1.30's WebGPU provider is wrong for them when an
    /// expert has more than some rows.
    /// </remarks>
    public override string Experts(string node, string input, string scores, string prefix) => _graph.QuantisesExperts(node)
        ? _graph.Experts(node, input, scores, prefix)
        : new DenseExperts(_graph).Build(node, input, scores, prefix);

    protected override (string LastIndexes, string Longest) Lengths() => (GraphNames.LastIndexes, GraphNames.LongestLength);
}
