namespace Qwen35Batch.Inference.Sampling;

/// <summary>How the next token is chosen from a row of logits.</summary>
internal sealed record SamplingSettings
{
    /// <summary>Always the token with the largest logit.</summary>
    public static SamplingSettings Greedy { get; } = new();

    /// <summary>Divides the logits; 0 (the default) always takes the largest one.</summary>
    public float Temperature { get; init; }

    /// <summary>Only this many of the likeliest tokens stay; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together reach this probability stay; 1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Only tokens with at least this share of the likeliest token's probability stay; 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>Subtracted from the logit of each token that the answer already has, once a token.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>With the same seed, logits and answer so far, the same token is chosen, whatever else runs.</summary>
    public long Seed { get; init; }
}
