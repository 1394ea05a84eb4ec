namespace Qwen35Batch.Inference.Batching;

/// <summary>What the engine does right now, and what it has done since it started.</summary>
public sealed record EngineStatistics
{
    /// <summary>Sequences that can run at the same time.</summary>
    public required int Slots { get; init; }

    /// <summary>Requests that wait for a slot.</summary>
    public required int Pending { get; init; }

    /// <summary>Requests that hold a slot.</summary>
    public required int Running { get; init; }

    /// <summary>Tokens fed outside decode runs: prompts and forced runs of grammars.</summary>
    public required long PrefilledTokens { get; init; }

    /// <summary>Tokens fed in decode runs, one a sequence and run.</summary>
    public required long DecodedTokens { get; init; }

    /// <summary>Prompt tokens whose state came from a prefix snapshot.</summary>
    public required long CachedPromptTokens { get; init; }

    /// <summary>Prompt tokens a second, lately.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Generated tokens a second, lately.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Sequences of a decode run as a share of the slots, lately; 0 to 1.</summary>
    public required double BatchFill { get; init; }

    /// <summary>Time with work.</summary>
    public required TimeSpan Busy { get; init; }

    /// <summary>Time without work.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>The share of the time that the engine had no work; 0 to 1.</summary>
    public double IdleShare => Busy + Idle > TimeSpan.Zero ? Idle / (Busy + Idle) : 0;
}
