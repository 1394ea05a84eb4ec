using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Benchmarks.Engine;

/// <summary>What batching is worth, on the machine at hand. Without a model, one of a middling shape with random weights is made.</summary>
internal static class EngineSection
{
    private static readonly string NanoConfig = Path.Combine(AppContext.BaseDirectory, "models", "nano", "config.json");

    public static BenchmarkSection Create() =>
        new("engine", "batches against single requests and static batches (engine [--model <folder>])", RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        if (args is ["--model", var folder])
        {
            await MeasureAsync(folder, cancellationToken);
            return;
        }

        var config = Path.Combine(Directory.CreateTempSubdirectory("qwen35batch-bench-").FullName, "config.json");
        await File.WriteAllTextAsync(config, MiddlingShape(), cancellationToken);
        using var random = await RandomModelFolder.CreateAsync(config, ModelPrecision.Fp32, null, cancellationToken);
        Directory.Delete(Path.GetDirectoryName(config)!, recursive: true);
        await MeasureAsync(random.FolderPath, cancellationToken);
    }

    private static async Task MeasureAsync(string folder, CancellationToken cancellationToken)
    {
        await CompareBatchesAsync(folder, cancellationToken);
        await CompareMixAsync(folder, cancellationToken);
        await CompareVisionAsync(folder, cancellationToken);
    }

    private static async Task CompareBatchesAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new EngineBenchmarkOptions { PromptTokens = 64, GeneratedTokens = 32 };
        var results = await EngineBenchmark.RunAsync(folder, options, cancellationToken).ToListAsync(cancellationToken);
        foreach (var result in results.Skip(1))
        {
            new Comparison(
                $"decode, batch {result.Batch} against batch {results[0].Batch}",
                result.DecodeTokensPerSecond,
                results[0].DecodeTokensPerSecond,
                "tokens/s").Print();
        }

        var last = results[^1];
        new Comparison(
            $"the model's share of a decode step, batch {last.Batch}",
            last.Step.Model.TotalMilliseconds,
            last.Step.Total.TotalMilliseconds,
            "ms").Print();
        var same = await EngineBenchmark.RunAsync(folder, options with { Batches = [last.Batch], Deterministic = true }, cancellationToken)
            .SingleAsync(cancellationToken);
        new Comparison(
            $"decode, batch {last.Batch}, Engine:Deterministic against without",
            same.DecodeTokensPerSecond,
            last.DecodeTokensPerSecond,
            "tokens/s").Print();
    }

    private static async Task CompareMixAsync(string folder, CancellationToken cancellationToken)
    {
        var result = await MixBenchmark.RunAsync(folder, new MixBenchmarkOptions(), cancellationToken);
        foreach (var other in result.Others)
        {
            new Comparison(
                $"64 requests of mixed length, continuous against {other.Way}",
                result.Continuous.TokensPerSecond,
                other.TokensPerSecond,
                "tokens/s").Print();
        }
    }

    private static async Task CompareVisionAsync(string folder, CancellationToken cancellationToken)
    {
        const int Pictures = 48;
        var seconds = new List<double>();
        foreach (var overlaps in new[] { true, false })
        {
            var limits = new BatchLimits { Slots = 8, SequenceTokens = 512, PrefillTokens = 512, VisionPatches = 1024 };
            await using var engine = BenchmarkLoop.Load(ModelFolder.Open(folder), limits, null, new ExecutionProviderOptions(), overlaps);
            await engine.RunWithPicturesAsync(8, 16, 8, cancellationToken);
            var start = TimeProvider.System.GetTimestamp();
            await engine.RunWithPicturesAsync(Pictures, 16, 48, cancellationToken);
            seconds.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        new Comparison(
            $"{Pictures} pictures, encoded beside the decoder against between its steps",
            Pictures / seconds[0],
            Pictures / seconds[1],
            "pictures/s").Print();
    }

    /// <summary>Large enough that the model, and not the loop around it, takes the time.</summary>
    internal static string MiddlingShape(int vocabulary = 8192)
    {
        var config = JsonNode.Parse(File.ReadAllText(NanoConfig))!;
        var text = config["text_config"]!;
        (text["hidden_size"], text["num_experts"], text["num_experts_per_tok"], text["moe_intermediate_size"]) = (512, 32, 4, 256);
        (text["shared_expert_intermediate_size"], text["vocab_size"]) = (256, vocabulary);
        var vision = config["vision_config"]!;
        (vision["hidden_size"], vision["intermediate_size"], vision["out_hidden_size"], vision["num_heads"]) = (256, 512, 512, 4);
        return config.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
