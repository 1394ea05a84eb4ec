using Qwen35Batch.Inference.Batching.Sequences;

namespace Qwen35Batch.Inference.Batching;

/// <summary>What came of encoding a picture or clip.</summary>
/// <param name="Sequence">Whose it is.</param>
/// <param name="Media">The picture or clip.</param>
/// <param name="Embeddings"><c>[TokenCount, HiddenSize]</c>, or null when it failed.</param>
/// <param name="Error">Why it failed.</param>
internal readonly record struct EncodedMedia(Sequence Sequence, MediaSlot Media, float[]? Embeddings, Exception? Error);
