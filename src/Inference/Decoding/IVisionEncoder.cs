using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>The vision tower. A seam: the ONNX Runtime implementation, and a deterministic one in the tests of the engine.</summary>
internal interface IVisionEncoder : IDisposable
{
    /// <summary>Encodes pictures and clips of any sizes in one run of the model.</summary>
    /// <returns>For each item its embeddings <c>[TokenCount, HiddenSize]</c>.</returns>
    IReadOnlyList<float[]> Encode(IReadOnlyList<VisionPatches> media);
}
