using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>ONNX Runtime's contrib operators that its WebGPU provider has, without arithmetic on shapes.</summary>
internal sealed class GpuOperators(ModelGraph graph) : FusedOperators(graph)
{
    private readonly ModelGraph _graph = graph;

    /// <remarks>
    /// Not QMoE: for several tokens that of ONNX Runtime 1.30's WebGPU provider gives other results from run to run. The shader that counts
    /// the tokens of each expert sets the counts to zero in its first workgroup, while the others may have begun to count.
    /// </remarks>
    public override string Experts(string node, string input, string scores, string prefix) =>
        new DenseExperts(_graph).Build(node, input, scores, prefix);

    protected override (string LastIndexes, string Longest) Lengths() => (GraphNames.LastIndexes, GraphNames.LongestLength);
}
