namespace Qwen35Batch.Inference.Conversion;

/// <summary>How a checkpoint is converted.</summary>
public sealed record ConversionOptions
{
    public ModelPrecision Precision { get; init; } = ModelPrecision.Fp32;

    public GraphKind Graph { get; init; } = GraphKind.Fused;
}
