namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>How an answer is drawn.</summary>
internal sealed record Sampling
{
    /// <summary>0 takes the likeliest token always.</summary>
    public double Temperature { get; init; }

    public int? TopK { get; init; }

    public double? TopP { get; init; }

    public double PresencePenalty { get; init; }

    public int MaxOutputTokens { get; init; } = 1000;
}
