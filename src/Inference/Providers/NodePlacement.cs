using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Providers;

/// <summary>What computes the nodes of a graph: a provider leaves to the CPU what it has no kernel for.</summary>
/// <param name="Graph">The graph's file, such as <c>text.onnx</c>.</param>
/// <param name="Nodes">Nodes of the file.</param>
/// <param name="OnCpu">How many the CPU computes, by operator.</param>
public sealed record NodePlacement(string Graph, int Nodes, IReadOnlyDictionary<string, int> OnCpu)
{
    private const string CpuName = "CPUExecutionProvider";

    /// <summary>Such as <c>vision.onnx: of 121 nodes 4 on the CPU (4 MultiHeadAttention), the others on WebGpu</c>.</summary>
    /// <param name="provider">As <c>Engine:ExecutionProvider</c> has it.</param>
    public string Line(string provider)
    {
        if (OnCpu.Count == 0) return $"{Graph}: all {Nodes} nodes on {provider}";
        var kinds = OnCpu.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Value} {entry.Key}");
        return $"{Graph}: of {Nodes} nodes {OnCpu.Values.Sum()} on the CPU ({string.Join(", ", kinds)}), the others on {provider}";
    }

    /// <returns>Null where ONNX Runtime is too old to say.</returns>
    internal static NodePlacement? Of(string graph, int nodes, InferenceSession session) =>
        OrtAssignments.Of(session) is { } placed
            ? new NodePlacement(
                graph,
                nodes,
                placed.Where(node => node.Provider == CpuName).CountBy(node => node.Operator).ToDictionary(StringComparer.Ordinal))
            : null;
}
