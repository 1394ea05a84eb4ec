namespace Qwen35Batch.Inference.Decoding;

/// <summary>Consecutive tokens of one prompt.</summary>
internal sealed record PrefillChunk
{
    /// <summary>The slot that the sequence owns.</summary>
    public required int Slot { get; init; }

    /// <summary>How many tokens of the sequence came before; 0 starts a new one.</summary>
    public required int Past { get; init; }

    /// <summary>The tokens, S of them.</summary>
    public required ReadOnlyMemory<int> TokenIds { get; init; }

    /// <summary>Positions <c>[3, S]</c>, one axis after the other.</summary>
    public required ReadOnlyMemory<int> Positions { get; init; }

    /// <summary>Indexes into <see cref="TokenIds"/> whose embedding is a picture's, ascending.</summary>
    public ReadOnlyMemory<int> MediaIndexes { get; init; }

    /// <summary>The embeddings at <see cref="MediaIndexes"/>, <c>[n, HiddenSize]</c>.</summary>
    public ReadOnlyMemory<float> MediaEmbeddings { get; init; }
}
