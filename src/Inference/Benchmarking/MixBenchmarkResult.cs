namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>What continuous batching is worth for requests of mixed length.</summary>
/// <param name="Requests">Tokens of each prompt and of its answer.</param>
/// <param name="Continuous">The engine as it is.</param>
/// <param name="Others">What it is compared with.</param>
public sealed record MixBenchmarkResult(IReadOnlyList<(int Prompt, int Answer)> Requests, MixRun Continuous, IReadOnlyList<MixRun> Others)
{
    /// <summary>The throughput of continuous batching as a multiple of another way's.</summary>
    /// <param name="other">One of <see cref="Others"/>.</param>
    public double RatioTo(MixRun other) => Continuous.TokensPerSecond / other.TokensPerSecond;
}
