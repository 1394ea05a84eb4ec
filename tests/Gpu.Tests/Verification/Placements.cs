using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Gpu.Tests.Verification;

/// <summary>What computes the nodes of the graphs that are loaded.</summary>
internal sealed class Placements
{
    private readonly Dictionary<string, NodePlacement> _graphs = new(StringComparer.Ordinal);

    public Placements(ExecutionProviderOptions execution) => execution.Placed = placement => _graphs[Name(placement)] = placement;

    /// <summary>All is computed on the GPU but what its lanes are too few for.</summary>
    public void AssertAllOnGpu()
    {
        foreach (var placement in _graphs.Values) TestContext.Current.TestOutputHelper!.WriteLine(placement.Line("WebGpu"));
        Assert.All(["states.onnx", "text.onnx", "vision.onnx"], graph => Assert.Contains(graph, _graphs.Keys));
        Assert.All(_graphs.Values, placement => Assert.True(placement.Nodes > 0));
        var onCpu = _graphs.Values.SelectMany(placement => placement.OnCpu.Select(entry => (Name(placement), entry.Key)));
        Assert.Equal(GpuAdapters.List()[0].MostQueries is null ? [] : [("vision.onnx", "MultiHeadAttention")], onCpu);
    }

    /// <summary>That of the graph in 32 bits, where the GPU takes the one in 16.</summary>
    private static string Name(NodePlacement placement) => placement.Graph.Replace(".half", "", StringComparison.Ordinal);
}
