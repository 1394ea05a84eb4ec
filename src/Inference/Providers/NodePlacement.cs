using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Providers;

/// <summary>What computes the nodes of a graph: a provider leaves to the CPU what it has no kernel for.</summary>
/// <param name="Graph">The graph's file, such as <c>text.onnx</c>.</param>
/// <param name="Nodes">Nodes, after the graph was simplified.</param>
/// <param name="OnCpu">Those of them that the CPU computes, by operator.</param>
public sealed record NodePlacement(string Graph, int Nodes, IReadOnlyDictionary<string, int> OnCpu)
{
    private const string CpuName = "CPUExecutionProvider";

    /// <summary>Such as <c>vision.onnx: 92 of 96 nodes on WebGpu, on the CPU 4 MultiHeadAttention</c>.</summary>
    /// <param name="provider">As <c>Engine:ExecutionProvider</c> has it.</param>
    public string Line(string provider) => OnCpu.Count == 0
        ? $"{Graph}: all {Nodes} nodes on {provider}"
        : $"{Graph}: {Nodes - OnCpu.Values.Sum()} of {Nodes} nodes on {provider}, on the CPU "
            + string.Join(", ", OnCpu.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Value} {entry.Key}"));

    /// <returns>Null where ONNX Runtime is too old to say.</returns>
    internal static NodePlacement? Of(string graph, InferenceSession session)
    {
        var nodes = OrtAssignments.Of(session).ToList();
        return nodes.Count == 0
            ? null
            : new NodePlacement(
                graph,
                nodes.Count,
                nodes.Where(node => node.Provider == CpuName).CountBy(node => node.Operator).ToDictionary(StringComparer.Ordinal));
    }
}
