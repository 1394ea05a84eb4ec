namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>Consecutive rows of a tensor, seen as a matrix of the given number of columns.</summary>
internal readonly record struct RowBlock(CheckpointTensor Tensor, long FirstRow, long Rows, int Columns)
{
    /// <summary>The whole tensor: its first dimension is the rows.</summary>
    public static RowBlock Of(CheckpointTensor tensor) =>
        new(tensor, 0, tensor.Shape[0], checked((int)(tensor.Count / tensor.Shape[0])));

    public RowBlock Slice(long firstRow, long rows) => this with { FirstRow = FirstRow + firstRow, Rows = rows };

    /// <summary>Reads from an element on, counted from the block's start.</summary>
    public void Read(long start, Span<float> destination) => Tensor.Read((FirstRow * Columns) + start, destination);
}
