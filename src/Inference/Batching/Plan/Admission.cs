namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>A sequence that leaves the queue, and the slot that it gets.</summary>
internal readonly record struct Admission<T>(T Sequence, int Slot)
    where T : IPlannedSequence;
