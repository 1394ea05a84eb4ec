namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>One way through the mix.</summary>
public sealed record MixRun
{
    /// <summary>How the requests were run.</summary>
    public required MixWay Way { get; init; }

    /// <summary>From the first request to the last answer.</summary>
    public required TimeSpan Wall { get; init; }

    /// <summary>Tokens of the answers that were asked for; what padding adds does not count.</summary>
    public required long AnswerTokens { get; init; }

    /// <summary>Sequences of a decode run as a share of the slots, on average; 0 to 1.</summary>
    public required double BatchFill { get; init; }

    /// <summary>Answer tokens a second of wall time, prompts included.</summary>
    public double TokensPerSecond => AnswerTokens / Wall.TotalSeconds;
}
