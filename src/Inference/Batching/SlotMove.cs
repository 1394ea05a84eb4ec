namespace Qwen35Batch.Inference.Batching;

/// <summary>A sequence whose state is copied into another slot, so that the decoding slots stay without gaps.</summary>
internal readonly record struct SlotMove(Sequence Sequence, int From, int To);
