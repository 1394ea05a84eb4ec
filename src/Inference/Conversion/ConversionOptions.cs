using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>How a checkpoint is converted.</summary>
public sealed record ConversionOptions
{
    public ModelPrecision Precision { get; init; } = ModelPrecision.Fp32;

    /// <summary>Null for <see cref="GraphKind.Cpu"/> where the precision needs it, and <see cref="GraphKind.Fused"/> else.</summary>
    public GraphKind? Graph { get; init; }

    /// <summary>The kind of graph that is written.</summary>
    internal GraphKind GraphKind => Graph ?? (Precision == ModelPrecision.Bf16 ? GraphKind.Cpu : GraphKind.Fused);

    /// <exception cref="ModelFormatException">The precision and the graph do not go together.</exception>
    internal void Check()
    {
        if (Precision == ModelPrecision.Bf16 && GraphKind != GraphKind.Cpu)
        {
            throw new ModelFormatException("Weights in bf16 need the operators of --graph cpu: ONNX Runtime has none for them.");
        }

        if (GraphKind == GraphKind.Cpu && Precision is not (ModelPrecision.Fp32 or ModelPrecision.Bf16))
        {
            throw new ModelFormatException("The operators of --graph cpu take --precision fp32 or bf16; for other precisions take --graph fused.");
        }
    }
}
