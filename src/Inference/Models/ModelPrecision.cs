using System.Diagnostics.CodeAnalysis;

namespace Qwen35Batch.Inference.Models;

/// <summary>
/// How a converted model stores the matrices of its decoder. Norms, router, convolution, embeddings and vision tower are always 32-bit
/// floats.
/// </summary>
[SuppressMessage("Naming", "CA1720:Identifiers should not contain type names", Justification = "What the field calls it.")]
public enum ModelPrecision
{
    /// <summary>32-bit floats: as exact as the reference implementation.</summary>
    Fp32,

    /// <summary>
    /// 16-bit floats: half the disk. A GPU multiplies them as they are; the CPU turns them into 32-bit floats when it loads them.
    /// </summary>
    Fp16,

    /// <summary>
    /// 16-bit floats of 8 significant bits, multiplied and summed in 32: for a checkpoint in BF16 as exact as the reference implementation,
    /// in half the memory. Other checkpoints are rounded. On the CPU only.
    /// </summary>
    Bf16,

    /// <summary>8-bit integers with a scale a block: a quarter of the memory; the logits move a little.</summary>
    Int8,

    /// <summary>4-bit integers with a scale a block: about a seventh of the memory; the logits move clearly.</summary>
    Int4,
}
