namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>The outcome of a request.</summary>
internal sealed record Generation
{
    /// <summary>The answer, without the token that ends the text.</summary>
    public required int[] TokenIds { get; init; }

    /// <summary>The tokens that were a choice, in order; empty unless the request wanted them.</summary>
    public IReadOnlyList<AnswerChoice> Choices { get; init; } = [];

    public required FinishCause Cause { get; init; }

    public required int PromptTokens { get; init; }

    /// <summary>Prompt tokens whose state came from a prefix snapshot.</summary>
    public required int CachedPromptTokens { get; init; }

    /// <summary>Prompt tokens that stand for pictures and clips.</summary>
    public required int MediaTokens { get; init; }

    /// <summary>Media tokens whose embeddings came from the cache.</summary>
    public required int CachedMediaTokens { get; init; }

    public required int Pictures { get; init; }

    /// <summary>From the arrival in the line to the first token that the model chose.</summary>
    public required TimeSpan TimeToFirstToken { get; init; }
}
