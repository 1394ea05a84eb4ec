using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Kernels;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// A weight's rows in the order of panels: for each panel two halves of up to 16 rows, of which the second may be missing.
/// </summary>
/// <param name="Counts">Of the stored tensor: any outer dimensions, and panels.</param>
/// <param name="Depth">Inputs.</param>
/// <param name="Blocks">The panels.</param>
internal sealed record PanelRows(long[] Counts, int Depth, IEnumerable<RowBlock[][]> Blocks)
{
    public static PanelRows Of(WeightRows weight) =>
        new([Panels.Count(checked((int)weight.Shape[0]))], checked((int)weight.Shape[1]), Halves(weight.Blocks).Chunk(2));

    /// <summary>Gates in the first half and their factors in the second, which the experts multiply.</summary>
    public static IEnumerable<RowBlock[][]> Gated(RowBlock gate, RowBlock up) =>
        Halves([gate]).Zip(Halves([up]), (first, second) => new[] { first, second });

    /// <summary>One panel of a matrix.</summary>
    public static RowBlock[][] Panel(RowBlock rows, int index) =>
        [.. Halves([rows.Slice(index * Panels.Width, Math.Min(Panels.Width, rows.Rows - (index * Panels.Width)))])];

    private static IEnumerable<RowBlock[]> Halves(IEnumerable<RowBlock> blocks) => blocks.SelectMany(Single).Chunk(Panels.Half);

    private static IEnumerable<RowBlock> Single(RowBlock block)
    {
        for (var row = 0L; row < block.Rows; row++)
        {
            yield return block.Slice(row, 1);
        }
    }
}
