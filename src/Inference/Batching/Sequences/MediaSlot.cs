using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>A picture or clip of a request: its pixels until they are encoded, its embeddings afterwards.</summary>
internal sealed class MediaSlot(VisionPatches patches) : IPlannedMedia
{
    public string ContentHash { get; } = patches.ContentHash;

    public int PatchCount { get; } = patches.PatchCount;

    public int TokenCount { get; } = patches.TokenCount;

    /// <summary>Null once encoded: pixels take several times the memory of embeddings.</summary>
    public VisionPatches? Patches { get; private set; } = patches;

    /// <summary><c>[TokenCount, HiddenSize]</c>, or null.</summary>
    public float[]? Embeddings { get; private set; }

    public bool IsEncoded => Embeddings is not null;

    public void Set(float[] embeddings)
    {
        Embeddings = embeddings;
        Patches = null;
    }
}
