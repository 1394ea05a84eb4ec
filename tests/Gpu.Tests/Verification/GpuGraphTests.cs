using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Verification;

[Collection<GpuCollection>]
public sealed class GpuGraphTests(GpuMachine machine) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Fp32, 1e-6)]
    [InlineData("tiny-dense", ModelPrecision.Fp32, 1e-6)]
    [InlineData("tiny-moe", ModelPrecision.Int8, 0.05)]
    [InlineData("tiny-moe", ModelPrecision.Int4, 0.05)]
    public async Task Every_golden_case_passes_and_is_as_far_from_the_reference_as_the_same_graph_on_the_cpu(
        string checkpoint, ModelPrecision precision, double difference)
    {
        var execution = machine.Execution();
        var target = Path.Combine(_folder.FolderPath, "model");
        await GpuModels.ConvertAsync(checkpoint, target, precision);

        var results = await VerifyAsync(checkpoint, target, execution);
        var onCpu = await VerifyAsync(
            checkpoint, target, new ExecutionProviderOptions { RuntimeLibrary = execution.RuntimeLibrary, Threads = 1 });

        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.All(
            results.Zip(onCpu),
            pair => Assert.InRange(Math.Abs(pair.First.LogitDivergence!.Value - pair.Second.LogitDivergence!.Value), 0, difference));
    }

    private static async Task<List<VerifyResult>> VerifyAsync(string checkpoint, string model, ExecutionProviderOptions execution)
    {
        var results = await ModelVerifier.VerifyAsync(
            model, Path.Combine(GpuModels.Checkpoint(checkpoint), "cases"), execution, null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        foreach (var result in results)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{execution.Provider} {result.Name}: {result.LogitDifference} {result.LogitDivergence} {result.EmbeddingDifference}");
        }

        return results;
    }
}
