namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>A picture or clip of a sequence whose embeddings are needed.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Index">Which one of its pictures and clips.</param>
internal readonly record struct MediaToEncode<T>(T Sequence, int Index)
    where T : IPlannedSequence;
