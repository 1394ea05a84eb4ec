namespace Qwen35Batch.Inference.Vision;

/// <summary>One picture or one clip, cut into the rows that the vision tower reads.</summary>
/// <param name="Values">
/// <c>[GridTime * GridHeight * GridWidth, 1536]</c>, normalised (mean 0.5, standard deviation 0.5). Rows in the order
/// (time, block row, block column, 2, 2); each row as (channel, 2 frames, 16, 16).
/// </param>
/// <param name="GridTime">Pairs of frames; 1 for a picture.</param>
/// <param name="GridHeight">Patches from top to bottom; even.</param>
/// <param name="GridWidth">Patches from left to right; even.</param>
/// <param name="ContentHash">A hash of the pixels, the key of the embedding cache.</param>
internal sealed record VisionPatches(float[] Values, int GridTime, int GridHeight, int GridWidth, string ContentHash)
{
    /// <summary>Rows of <see cref="Values"/>.</summary>
    public int PatchCount => GridTime * GridHeight * GridWidth;

    /// <summary>Tokens that this takes in the prompt: a quarter of the patches.</summary>
    public int TokenCount => PatchCount / 4;
}
