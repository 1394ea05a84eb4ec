namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>Where a weight's values are.</summary>
internal sealed record ExternalTensor(string FileName, long Offset, long Length);
