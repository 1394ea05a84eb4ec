namespace Qwen35Batch.Inference.Verification;

/// <summary>How far this model is from the reference in one case.</summary>
public sealed record VerifyResult
{
    public required string Name { get; init; }

    /// <summary>The largest difference of a logit; null when the case did not get that far.</summary>
    public float? LogitDifference { get; init; }

    /// <summary>Mean Kullback-Leibler divergence of the next token's distribution from the reference's, in nats; null as above.</summary>
    public double? LogitDivergence { get; init; }

    /// <summary>The largest difference of a picture's or clip's embeddings; null when the case has none.</summary>
    public float? EmbeddingDifference { get; init; }

    /// <summary>Greedy tokens that are equal, of those <see cref="GreedyCompared"/>.</summary>
    public int GreedyMatched { get; init; }

    /// <summary>
    /// Greedy tokens where the reference's best logit leads by enough to be unambiguous, up to the first different token where it does not.
    /// A quantised model is led along the reference's answer, and all are compared.
    /// </summary>
    public int GreedyCompared { get; init; }

    /// <summary>Why the case failed; null when it passed.</summary>
    public string? Failure { get; init; }

    public bool Passed => Failure is null;
}
