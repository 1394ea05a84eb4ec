using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// A weight as rows taken from the checkpoint's tensors, in Hugging Face's layout <c>[out, in]</c>: the graphs multiply by its transpose
/// (Gemm, MoE), so that a conversion only has to put rows in order, and never has to transpose a matrix.
/// </summary>
internal sealed record WeightRows(long[] Shape, IEnumerable<RowBlock> Blocks)
{
    public static WeightRows Of(CheckpointTensor tensor) => Stack(RowBlock.Of(tensor));

    /// <summary>One below the other.</summary>
    public static WeightRows Stack(params RowBlock[] blocks) => new([blocks.Sum(block => block.Rows), blocks[0].Columns], blocks);

    /// <summary>Takes rows of both in turn, as the MoE operator wants gate and up.</summary>
    public static IEnumerable<RowBlock> Interleave(RowBlock first, RowBlock second)
    {
        for (var row = 0L; row < first.Rows; row++)
        {
            yield return first.Slice(row, 1);
            yield return second.Slice(row, 1);
        }
    }
}
