namespace Qwen35Batch.Inference.Grammar.Masks;

/// <summary>The tokens that stay within a text or end it, by how many tokens certainly suffice to its end afterwards.</summary>
internal abstract class CostedTokens
{
    /// <summary>The most that is needed after any of them.</summary>
    public abstract int HighestCost { get; }

    /// <summary>The bytes of memory that only these take.</summary>
    public abstract long Bytes { get; }

    /// <summary>Adds the tokens after which at most this many tokens end the text.</summary>
    public abstract void AddTo(Span<ulong> mask, int cost);
}
