using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>Where the patches of a frame of one size are, in the order of the rows: what the vision tower on a GPU is told.</summary>
/// <param name="Indexes"><c>[4, patches]</c>: the learned positions around each.</param>
/// <param name="Weights"><c>[4, patches]</c>: how much each of these counts.</param>
/// <param name="Cos"><c>[patches, head dim / 2]</c>; <paramref name="Sin"/> as well.</param>
internal sealed record PatchPlaces(int[] Indexes, float[] Weights, float[] Cos, float[] Sin)
{
    /// <param name="height">In patches; <paramref name="width"/> as well.</param>
    public static PatchPlaces Of(VisionConfig config, int height, int width)
    {
        var (patches, merge, quarter) = (height * width, config.MergeSize, config.HeadDim / 4);
        var frequencies = VisionRotary.Frequencies(config);
        var places = new PatchPlaces(
            new int[4 * patches], new float[4 * patches], new float[2 * quarter * patches], new float[2 * quarter * patches]);
        for (var patch = 0; patch < patches; patch++)
        {
            // Block row, block column, row in the block, column in the block.
            var (block, inner) = (patch / (merge * merge), patch % (merge * merge));
            var blocks = width / merge;
            var (row, column) = ((block / blocks * merge) + (inner / merge), (block % blocks * merge) + (inner % merge));
            var side = config.PositionSide;
            places.Place(side, patch, Between(row, height, side), Between(column, width, side));
            for (var i = 0; i < quarter; i++)
            {
                places.Turn((2 * quarter * patch) + i, row * frequencies[i]);
                places.Turn((2 * quarter * patch) + quarter + i, column * frequencies[i]);
            }
        }

        return places;
    }

    private void Place(int side, int patch, (int First, int Second, float Fraction) row, (int First, int Second, float Fraction) column)
    {
        var patches = Indexes.Length / 4;
        Corner(0, row.First, column.First, (1 - row.Fraction) * (1 - column.Fraction));
        Corner(1, row.First, column.Second, (1 - row.Fraction) * column.Fraction);
        Corner(2, row.Second, column.First, row.Fraction * (1 - column.Fraction));
        Corner(3, row.Second, column.Second, row.Fraction * column.Fraction);

        void Corner(int corner, int first, int second, float weight)
        {
            Indexes[(corner * patches) + patch] = (first * side) + second;
            Weights[(corner * patches) + patch] = weight;
        }
    }

    private void Turn(int at, float angle) => (Cos[at], Sin[at]) = (MathF.Cos(angle), MathF.Sin(angle));

    /// <summary>Between which two learned positions, and how far from the first.</summary>
    private static (int First, int Second, float Fraction) Between(int index, int count, int side)
    {
        var place = index * (float)(side - 1) / Math.Max(count - 1, 1);
        var first = (int)MathF.Floor(place);
        return (first, Math.Min(first + 1, side - 1), place - first);
    }
}
