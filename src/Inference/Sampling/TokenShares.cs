namespace Qwen35Batch.Inference.Sampling;

/// <summary>What a row of logits says of the allowed tokens.</summary>
internal readonly record struct TokenShares
{
    /// <summary>Of no token.</summary>
    public static readonly TokenShares None = new() { Best = -1, Logit = float.NegativeInfinity, Second = float.NegativeInfinity };

    /// <summary>The token with the largest logit, the lowest id among equals; -1 when nothing is allowed.</summary>
    public int Best { get; init; }

    /// <summary>Its logit; negative infinity when nothing is allowed.</summary>
    public float Logit { get; init; }

    /// <summary>The largest logit of another allowed token; negative infinity when there is none.</summary>
    public float Second { get; init; }

    /// <summary>The probability of all others together, in units of the best one's.</summary>
    public double Others { get; init; }

    /// <summary>How many tokens are allowed.</summary>
    public int Allowed { get; init; }

    /// <summary>Whether all logits, allowed or not, are finite numbers.</summary>
    public bool AllFinite { get; init; }

    /// <summary>Takes in a token, and the next best of those that it was the best of.</summary>
    public TokenShares With(float logit, float second, int id)
    {
        if (logit > Logit || (logit == Logit && id < Best))
            return this with { Best = id, Logit = logit, Second = Math.Max(Logit, second) };
        return this with { Second = Math.Max(Second, logit) };
    }
}
