namespace Qwen35Batch.Inference.Batching;

/// <summary>What came of encoding a picture or clip.</summary>
/// <param name="Item">Whose it is.</param>
/// <param name="Embeddings"><c>[TokenCount, HiddenSize]</c>, or null when it failed.</param>
/// <param name="Error">Why it failed.</param>
internal readonly record struct EncodedMedia(MediaToEncode Item, float[]? Embeddings, Exception? Error);
