using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>How the graphs of one checkpoint are written.</summary>
/// <param name="Precision">How matrices are stored.</param>
/// <param name="Graph">Of which operators the graphs are made.</param>
internal sealed record ConversionTarget(ModelPrecision Precision, GraphKind Graph)
{
    /// <summary>The same for the parts that are always in 32-bit floats, and never of this project's own operators.</summary>
    public ConversionTarget Exact => new(ModelPrecision.Fp32, Graph == GraphKind.Cpu ? GraphKind.Fused : Graph);

    /// <summary>The same for the vision tower: in 16 bits beside a decoder for GPUs that has lost something, too, else exact.</summary>
    public ConversionTarget Vision => HasHalf ? new ConversionTarget(ModelPrecision.Fp16, Graph) : Exact;

    /// <summary>Whether there is a second graph over the same weights, for GPUs that compute in 16 bits.</summary>
    public bool HasHalf => ModelManifest.HasHalfOf(Precision, Graph);
}
