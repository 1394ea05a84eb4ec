namespace Qwen35Batch.Inference.Batching;

/// <summary>A picture or clip of a sequence whose embeddings are needed.</summary>
internal readonly record struct MediaToEncode(Sequence Sequence, int Index)
{
    public MediaSlot Media => Sequence.Media[Index];
}
