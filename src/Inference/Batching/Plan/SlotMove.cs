namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>A sequence whose state is copied into another slot, so that the decoding slots stay without gaps.</summary>
internal readonly record struct SlotMove<T>(T Sequence, int From, int To)
    where T : IPlannedSequence;
