using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Verification;

[Collection<OneGpu>]
public sealed class GpuGraphTests(GpuMachine machine) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Fp32, 1e-6)]
    [InlineData("tiny-dense", ModelPrecision.Fp32, 1e-6)]
    [InlineData("nano", ModelPrecision.Fp32, 1e-6)]
    [InlineData("tiny-moe", ModelPrecision.Int8, 0.006, "image-one")]
    [InlineData("tiny-moe", ModelPrecision.Int4, 0.007, "image-one")]
    [InlineData("tiny-dense", ModelPrecision.Int8, 0.015, "image-one")]
    [InlineData("tiny-dense", ModelPrecision.Int4, 0.05, "image-one")]
    public async Task Golden_cases_pass_and_are_as_far_from_the_reference_as_the_same_graph_on_the_cpu(
        string checkpoint, ModelPrecision precision, double difference, params string[] cases)
    {
        var execution = machine.Execution();
        var placements = new Dictionary<string, NodePlacement>(StringComparer.Ordinal);
        execution.Placed = placement => placements[placement.Graph] = placement;
        var target = Path.Combine(_folder.FolderPath, "model");
        await GpuModels.ConvertAsync(checkpoint, target, precision);
        var chosen = Directory.CreateDirectory(Path.Combine(_folder.FolderPath, "cases")).FullName;
        var all = Directory.GetFiles(Path.Combine(GpuModels.Checkpoint(checkpoint), "cases"), "*.safetensors");
        var files = all.Where(file => cases.Length == 0 || cases.Contains(Path.GetFileNameWithoutExtension(file))).ToList();
        files.ForEach(file => File.Copy(file, Path.Combine(chosen, Path.GetFileName(file))));

        var results = await VerifyAsync(chosen, target, execution);
        var onCpu = await VerifyAsync(
            chosen, target, new ExecutionProviderOptions { RuntimeLibrary = execution.RuntimeLibrary, Threads = 1 });

        Assert.Equal(files.Count, results.Count);
        AssertOnGpu(placements);

        // In 4 bits the small dense model is beyond the limit with any arithmetic.
        Assert.Equal(onCpu.Select(result => result.Failure is null), results.Select(result => result.Failure is null));
        Assert.True(precision == ModelPrecision.Int4 || results.TrueForAll(result => result.Failure is null));
        Assert.All(
            results.Zip(onCpu),
            pair => Assert.InRange(Math.Abs(pair.First.LogitDivergence!.Value - pair.Second.LogitDivergence!.Value), 0, difference));
    }

    /// <summary>All is computed on the GPU but what its lanes are too few for.</summary>
    private static void AssertOnGpu(Dictionary<string, NodePlacement> placements)
    {
        foreach (var placement in placements.Values) TestContext.Current.TestOutputHelper!.WriteLine(placement.Line("WebGpu"));
        Assert.All(["states.onnx", "text.onnx", "vision.onnx"], graph => Assert.Contains(graph, placements.Keys));
        Assert.All(placements.Values, placement => Assert.True(placement.Nodes > 0));
        var onCpu = placements.Values.SelectMany(placement => placement.OnCpu.Select(entry => (placement.Graph, entry.Key)));
        Assert.Equal(GpuAdapters.List()[0].MostQueries is null ? [] : [("vision.onnx", "MultiHeadAttention")], onCpu);
    }

    private static async Task<List<VerifyResult>> VerifyAsync(string cases, string model, ExecutionProviderOptions execution)
    {
        var results = await ModelVerifier.VerifyAsync(model, cases, execution, null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        foreach (var result in results)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{execution.Provider} {result.Name}: {result.LogitDifference} {result.LogitDivergence} {result.EmbeddingDifference}");
        }

        return results;
    }
}
