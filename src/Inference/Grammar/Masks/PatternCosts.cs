namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens of a pattern's place, looked up again where the budget of an answer is nearly used up.</summary>
/// <param name="all">The tokens of all patterns of its kind.</param>
/// <param name="place">The place, with a limit that no token needs more than.</param>
/// <param name="known">The tokens of another limit, if they are known.</param>
internal sealed class PatternCosts(PatternTokens all, PatternPlace place, (int Limit, ulong[] Tokens)? known) : CostedTokens
{
    public override int HighestCost => place.Limit;

    public override long Bytes => 64 + ((known?.Tokens.Length ?? 0) * (long)sizeof(ulong));

    /// <summary>The tokens of all patterns of its kind.</summary>
    public PatternTokens Patterns => all;

    /// <summary>Whether no text has to be followed to know the tokens.</summary>
    public bool IsKnown(int cost) => cost < 0 || cost == known?.Limit;

    /// <summary>The place where at most so many tokens end the text after each.</summary>
    public PatternPlace At(int cost) => place with { Limit = cost };

    public override void AddTo(Span<ulong> mask, int cost)
    {
        if (!IsKnown(cost))
            all.AddAny([At(cost)], mask);
        else if (known is { } tokens && cost >= 0)
            AddTo(mask, tokens.Tokens);
    }

    private static void AddTo(Span<ulong> mask, ReadOnlySpan<ulong> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
            mask[i] |= tokens[i];
    }
}
