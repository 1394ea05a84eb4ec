using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Gpu.Tests;

/// <summary>Models for GPUs, converted from the tests' checkpoints.</summary>
internal static class GpuModels
{
    public static string Checkpoint(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    public static async Task<ModelFolder> ConvertAsync(string checkpoint, string target, ModelPrecision precision)
    {
        await ModelConverter.ConvertAsync(
            Checkpoint(checkpoint),
            target,
            new ConversionOptions { Precision = precision, Graph = GraphKind.Gpu },
            null,
            TestContext.Current.CancellationToken);
        return ModelFolder.Open(target);
    }
}
