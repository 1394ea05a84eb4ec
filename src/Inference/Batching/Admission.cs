namespace Qwen35Batch.Inference.Batching;

/// <summary>A sequence that leaves the line, and the slot that it gets.</summary>
internal readonly record struct Admission(Sequence Sequence, int Slot);
