using Qwen35Batch.Inference.Batching.Plan;

namespace Qwen35Batch.Inference.Batching;

/// <summary>What the loop needs to know beside the model.</summary>
internal sealed record EngineLoopSettings
{
    public required BatchLimits Limits { get; init; }

    /// <summary>Threads that choose tokens, at most; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Requests that may wait, or be prepared, at the same time.</summary>
    public required int QueueCapacity { get; init; }

    /// <summary>Memory for the states after shared prefixes; 0 keeps none.</summary>
    public required long PrefixCacheBytes { get; init; }

    /// <summary>Memory for the embeddings of pictures and clips; 0 keeps none.</summary>
    public required long EmbeddingCacheBytes { get; init; }

    /// <summary>Whether the vision tower runs beside the decoder, and not between its steps.</summary>
    public bool OverlapsVision { get; init; } = true;
}
