namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>Where a quantised weight's numbers and scales are.</summary>
internal sealed record QuantizedTensor(ExternalTensor Values, ExternalTensor Scales);
