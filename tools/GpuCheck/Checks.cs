using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.GpuCheck;

/// <summary>Golden cases, and speed with random weights.</summary>
internal static class Checks
{
    public static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static async Task<object> VerifyAsync(string checkpoint, ExecutionProviderOptions execution)
    {
        var placements = new Dictionary<string, NodePlacement>(StringComparer.Ordinal);
        execution.Placed = placement => placements[placement.Graph] = placement;
        var results = await ModelVerifier.VerifyAsync(checkpoint, Path.Combine(checkpoint, "cases"), execution).ToListAsync();
        return new
        {
            Cases = results.Count,
            Passed = results.Count(result => result.Passed),
            Failures = results.Where(result => !result.Passed).Select(result => $"{result.Name}: {result.Failure}"),
            LogitDifference = results.Max(result => result.LogitDifference),
            EmbeddingDifference = results.Max(result => result.EmbeddingDifference),
            Placement = placements.Values,
        };
    }

    /// <summary>How much a model of a shape takes on the disk.</summary>
    public static long BytesOf(string shape) => ModelSize.OfConfig(shape, ModelPrecision.Int4, GraphKind.Gpu).Parts.Sum(part => part.Bytes);

    /// <param name="shape">A config.json.</param>
    /// <param name="folder">Where the model is made, of random weights.</param>
    public static async Task<object> MakeAsync(string shape, string folder, ExecutionProviderOptions execution)
    {
        var clock = TimeProvider.System.GetTimestamp();
        using (await RandomModelFolder.CreateAsync(
            shape, ModelPrecision.Int4, null, CancellationToken.None, execution.Provider, folder, repeats: true))
        {
            var seconds = TimeProvider.System.GetElapsedTime(clock).TotalSeconds;
            var bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
            return new { Bytes = bytes, Seconds = Math.Round(seconds, 1), BytesPerSecond = (long)(bytes / seconds) };
        }
    }

    /// <param name="folder">A model.</param>
    public static async Task<object> BenchAsync(string folder, BenchSize size, ExecutionProviderOptions execution)
    {
        var options = new EngineBenchmarkOptions
        {
            Batches = [size.Batch],
            PromptTokens = size.Prompt,
            GeneratedTokens = size.Generate,
            Execution = execution,
        };
        var result = await EngineBenchmark.RunAsync(folder, options).SingleAsync();
        return new
        {
            size.Batch,
            size.Prompt,
            size.Generate,
            Precision = "int4",
            PrefillTokensPerSecond = Math.Round(result.PrefillTokensPerSecond, 1),
            DecodeTokensPerSecond = Math.Round(result.DecodeTokensPerSecond, 1),
            TimeToFirstTokenMs = Math.Round(result.TimeToFirstToken.TotalMilliseconds, 1),
            BytesUpPerStep = result.Traffic is { DecodeSteps: > 0 } up ? up.DecodeBytesUp / up.DecodeSteps : 0,
            BytesDownPerStep = result.Traffic is { DecodeSteps: > 0 } down ? down.DecodeBytesDown / down.DecodeSteps : 0,
        };
    }
}
