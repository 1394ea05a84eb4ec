using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>How fast the engine was at one batch size.</summary>
public sealed record EngineBenchmarkResult
{
    /// <summary>Requests that ran together.</summary>
    public required int Batch { get; init; }

    /// <summary>Tokens of each prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of each answer.</summary>
    public required int GeneratedTokens { get; init; }

    /// <summary>Prompt tokens a second, over the time until the last prompt was fed; on a device, until the first token.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Generated tokens a second of all requests together, over the rest of the time.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>From the arrival of a request to its first token: the mean of all requests, which arrive together.</summary>
    public required TimeSpan TimeToFirstToken { get; init; }

    /// <summary>Sequences of a decode run as a share of the slots, on average; 0 to 1.</summary>
    public required double BatchFill { get; init; }

    /// <summary>Where the time of a decode step goes, on average.</summary>
    public required EngineStepSplit Step { get; init; }

    /// <summary>What crossed between machine and device; null where the states are in the memory of the machine.</summary>
    public DeviceTraffic? Traffic { get; init; }

    /// <summary>
    /// The most memory that the process has held since it started, in bytes; mapped weights count as far as they were read.
    /// </summary>
    public required long PeakMemoryBytes { get; init; }
}
