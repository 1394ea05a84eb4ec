using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Inference.Benchmarking;
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

    /// <param name="shape">A config.json.</param>
    /// <param name="folder">Where its model is, which is made when it is not there.</param>
    public static async Task<object> BenchAsync(string shape, string folder, BenchSize size, ExecutionProviderOptions execution)
    {
        var clock = TimeProvider.System.GetTimestamp();
        if (!Directory.Exists(folder))
        {
            (await RandomModelFolder.CreateAsync(shape, ModelPrecision.Int4, null, CancellationToken.None, execution.Provider, folder))
                .Dispose();
        }

        var made = TimeProvider.System.GetElapsedTime(clock);
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
            MakingTheModelSeconds = Math.Round(made.TotalSeconds, 1),
            PrefillTokensPerSecond = Math.Round(result.PrefillTokensPerSecond, 1),
            DecodeTokensPerSecond = Math.Round(result.DecodeTokensPerSecond, 1),
            TimeToFirstTokenMs = Math.Round(result.TimeToFirstToken.TotalMilliseconds, 1),
            BytesUpPerStep = result.Traffic is { DecodeSteps: > 0 } up ? up.DecodeBytesUp / up.DecodeSteps : 0,
            BytesDownPerStep = result.Traffic is { DecodeSteps: > 0 } down ? down.DecodeBytesDown / down.DecodeSteps : 0,
        };
    }
}
