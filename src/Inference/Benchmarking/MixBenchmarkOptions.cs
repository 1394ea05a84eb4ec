using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>Requests of mixed length, and what continuous batching is compared with.</summary>
public sealed record MixBenchmarkOptions
{
    /// <summary>Requests, which all arrive at once.</summary>
    public int Requests { get; init; } = 64;

    /// <summary>Sequences that are decoded together.</summary>
    public int Slots { get; init; } = 32;

    /// <summary>The shortest and the longest prompt, in tokens; lengths in between are equally likely.</summary>
    public (int Least, int Most) PromptTokens { get; init; } = (40, 600);

    /// <summary>The shortest and the longest answer, in tokens; lengths in between are equally likely.</summary>
    public (int Least, int Most) AnswerTokens { get; init; } = (16, 256);

    /// <summary>Decides about the lengths.</summary>
    public int Seed { get; init; } = 17;

    /// <summary>What else is run.</summary>
    public IReadOnlyList<MixWay> Against { get; init; } = [MixWay.Even, MixWay.Waves, MixWay.PaddedWaves];

    /// <summary>Prompt tokens fed in one step.</summary>
    public int PrefillTokensPerStep { get; init; } = new EngineOptions().PrefillTokensPerStep;

    /// <summary>On what to compute.</summary>
    public ExecutionProviderOptions Execution { get; init; } = new();
}
