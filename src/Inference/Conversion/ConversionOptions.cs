using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Kernels;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>How a checkpoint is converted.</summary>
public sealed record ConversionOptions
{
    /// <summary>Bytes that a shader of any GPU can be given as one tensor: what WebGPU promises.</summary>
    private const long LargestTensorOfAll = 128L << 20;

    /// <summary>
    /// How the matrices of the decoder are stored. Null for what loses nothing and is fastest: <see cref="ModelPrecision.Bf16"/> for a
    /// checkpoint in BF16 that shall run on the CPU, <see cref="ModelPrecision.Fp32"/> for all else; but <see cref="ModelPrecision.Int8"/>
    /// for a large mixture of experts in 16 bits that shall run on a GPU.
    /// </summary>
    public ModelPrecision? Precision { get; init; }

    /// <summary>
    /// Null for the fastest of the precision on this machine's CPU: <see cref="GraphKind.Cpu"/> for fp32 and bf16, and for int8 and int4
    /// where it has the instruction for them (AVX-VNNI); else <see cref="GraphKind.Fused"/>.
    /// </summary>
    public GraphKind? Graph { get; init; }

    /// <summary>The kind of graph that is written.</summary>
    internal GraphKind GraphKind => Graph ?? (Precision switch
    {
        ModelPrecision.Fp16 => GraphKind.Fused,
        ModelPrecision.Int8 or ModelPrecision.Int4 => PanelKernel.MultipliesIntegersFast ? GraphKind.Cpu : GraphKind.Fused,
        _ => GraphKind.Cpu,
    });

    /// <summary>
    /// Whether something is lost that nobody asked for. WebGPU has no operator for experts in 16 bits, and in 32 those of a layer are a
    /// tensor that not every GPU takes, of which a step reads all.
    /// </summary>
    internal bool QuantizesExperts(Checkpoint checkpoint) => Precision is null && GraphKind == GraphKind.Gpu
        && checkpoint.Config.Text.Experts is { } experts && checkpoint.MatrixType is TensorType.BF16 or TensorType.F16
        && 2L * experts.Count * experts.IntermediateSize * checkpoint.Config.Text.HiddenSize * sizeof(float) > LargestTensorOfAll;

    private string PrecisionName => Precision.ToString()!.ToLowerInvariant();

    /// <summary>What one checkpoint becomes.</summary>
    internal ConversionTarget For(Checkpoint checkpoint) => new(Precision ?? Default(checkpoint), GraphKind);

    private ModelPrecision Default(Checkpoint checkpoint) => GraphKind switch
    {
        GraphKind.Cpu when checkpoint.MatrixType == TensorType.BF16 => ModelPrecision.Bf16,
        GraphKind.Gpu when QuantizesExperts(checkpoint) => ModelPrecision.Int8,
        _ => ModelPrecision.Fp32,
    };

    /// <exception cref="ModelFormatException">The precision and the graph do not go together.</exception>
    internal void Check()
    {
        if (GraphKind == GraphKind.Portable && Precision is (ModelPrecision.Int8 or ModelPrecision.Int4))
        {
            throw new ModelFormatException(
                $"A portable graph cannot be {PrecisionName}: the operators that multiply integers are ONNX Runtime's own. Choose "
                    + $"--precision fp32 or fp16, or --graph fused.");
        }

        if (GraphKind == GraphKind.Cpu && Precision == ModelPrecision.Fp16)
        {
            throw new ModelFormatException(
                "A graph for the CPU cannot be fp16: it would compute in 32 bits all the same. Choose another --precision, or --graph "
                    + "fused.");
        }

        if (GraphKind != GraphKind.Cpu && Precision == ModelPrecision.Bf16)
        {
            throw new ModelFormatException("Weights in bf16 need --graph cpu: ONNX Runtime has no operators for them.");
        }
    }
}
