namespace Qwen35Batch.Inference.Models;

/// <summary>What a model's weights are for.</summary>
public enum ModelPart
{
    /// <summary>The routed experts.</summary>
    Experts,

    /// <summary>The rest of the decoder, with its head.</summary>
    Dense,

    /// <summary>The table of token embeddings, of which only the rows of the tokens in use are read.</summary>
    Embeddings,

    /// <summary>The vision tower.</summary>
    Vision,
}
