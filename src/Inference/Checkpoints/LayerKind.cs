namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>How a decoder layer mixes tokens.</summary>
internal enum LayerKind
{
    /// <summary>Gated delta rule: a state of fixed size.</summary>
    Linear,

    /// <summary>Grouped-query attention: a cache that grows with the sequence.</summary>
    Full,
}
