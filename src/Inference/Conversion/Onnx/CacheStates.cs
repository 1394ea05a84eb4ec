namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>Inputs and outputs of a key-value cache, <c>[batch, key-value heads, capacity, head dim]</c>.</summary>
internal sealed record CacheStates(string PastKey, string PastValue, string PresentKey, string PresentValue);
