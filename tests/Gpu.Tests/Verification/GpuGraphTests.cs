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
    [InlineData("tiny-moe")]
    [InlineData("tiny-dense")]
    [InlineData("nano")]
    public async Task Golden_cases_pass_and_are_as_far_from_the_reference_as_the_same_graph_on_the_cpu(string checkpoint)
    {
        var execution = machine.Execution();
        var placements = new Placements(execution);
        var target = Path.Combine(_folder.FolderPath, "model");
        await GpuModels.ConvertAsync(checkpoint, target, ModelPrecision.Fp32);
        var cases = Path.Combine(GpuModels.Checkpoint(checkpoint), "cases");

        var results = await VerifyAsync(cases, target, execution);
        var onCpu = await VerifyAsync(
            cases, target, new ExecutionProviderOptions { RuntimeLibrary = execution.RuntimeLibrary, Threads = 1 });

        Assert.Equal(Directory.GetFiles(cases, "*.safetensors").Length, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        placements.AssertAllOnGpu();
        Assert.All(
            results.Zip(onCpu),
            pair => Assert.InRange(Math.Abs(pair.First.LogitDivergence!.Value - pair.Second.LogitDivergence!.Value), 0, 1e-6));
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
