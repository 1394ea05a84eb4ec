using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>How a checkpoint is converted.</summary>
public sealed record ConversionOptions
{
    /// <summary>
    /// How the matrices of the decoder are stored. Null for what loses nothing and is fastest: <see cref="ModelPrecision.Bf16"/> for a checkpoint in
    /// BF16 that shall run on the CPU, <see cref="ModelPrecision.Fp32"/> for all else.
    /// </summary>
    public ModelPrecision? Precision { get; init; }

    /// <summary>Null for the fastest of the precision on a CPU: <see cref="GraphKind.Cpu"/> for fp32 and bf16, <see cref="GraphKind.Fused"/> for others.</summary>
    public GraphKind? Graph { get; init; }

    /// <summary>The kind of graph that is written.</summary>
    internal GraphKind GraphKind => Graph ?? (HasPanels ? GraphKind.Cpu : GraphKind.Fused);

    private bool HasPanels => Precision is null or ModelPrecision.Fp32 or ModelPrecision.Bf16;

    private string PrecisionName => Precision.ToString()!.ToLowerInvariant();

    /// <summary>What one checkpoint becomes.</summary>
    internal ConversionTarget For(Checkpoint checkpoint) => new(
        Precision ?? (GraphKind == GraphKind.Cpu && checkpoint.MatrixType == TensorType.BF16 ? ModelPrecision.Bf16 : ModelPrecision.Fp32),
        GraphKind);

    /// <exception cref="ModelFormatException">The precision and the graph do not go together.</exception>
    internal void Check()
    {
        if (GraphKind == GraphKind.Portable && Precision is (ModelPrecision.Int8 or ModelPrecision.Int4))
        {
            throw new ModelFormatException(
                $"A portable graph cannot be {PrecisionName}: the operators that multiply integers are ONNX Runtime's own. Choose --precision fp32 or fp16, or --graph fused.");
        }

        if (GraphKind == GraphKind.Cpu && !HasPanels)
        {
            throw new ModelFormatException($"A graph for the CPU cannot be {PrecisionName}. Choose --precision fp32 or bf16, or --graph fused.");
        }

        if (GraphKind != GraphKind.Cpu && Precision == ModelPrecision.Bf16)
        {
            throw new ModelFormatException("Weights in bf16 need --graph cpu: ONNX Runtime has no operators for them.");
        }
    }
}
