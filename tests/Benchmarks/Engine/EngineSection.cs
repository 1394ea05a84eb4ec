using Qwen35Batch.Inference.Benchmarking;

namespace Qwen35Batch.Benchmarks.Engine;

/// <summary>What batching is worth, on the machine at hand.</summary>
internal static class EngineSection
{
    public static BenchmarkSection Create() => new("engine", "batches against single requests (--model <folder>)", RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        if (args is not ["--model", var folder])
        {
            Console.Error.WriteLine("  Give a converted model: engine --model <folder>");
            return;
        }

        var results = await EngineBenchmark.RunAsync(folder, new EngineBenchmarkOptions(), cancellationToken).ToListAsync(cancellationToken);
        foreach (var result in results)
        {
            new Comparison($"decode, batch {result.Batch} against batch {results[0].Batch}", result.DecodeTokensPerSecond, results[0].DecodeTokensPerSecond, "tokens/s").Print();
        }
    }
}
