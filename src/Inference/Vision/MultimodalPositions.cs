namespace Qwen35Batch.Inference.Vision;

/// <summary>
/// The three positions (time, height, width) of every token. Text counts up on all three; a picture, or a pair of frames of a clip,
/// stays at one time, spreads over height and width, and takes as many positions as its longer side has tokens.
/// </summary>
internal static class MultimodalPositions
{
    /// <summary>Computes the positions of a prompt.</summary>
    /// <param name="tokenIds">The prompt, S tokens.</param>
    /// <param name="media">Its pictures and clips, in order.</param>
    /// <param name="imageToken">The id of <c>&lt;|image_pad|&gt;</c>.</param>
    /// <param name="videoToken">The id of <c>&lt;|video_pad|&gt;</c>.</param>
    /// <returns>Positions <c>[3, S]</c>, and what has to be added to a token's index after the prompt to get its position.</returns>
    public static (int[] Positions, int RopeDelta) Compute(
        ReadOnlySpan<int> tokenIds, IReadOnlyList<VisionPatches> media, int imageToken, int videoToken)
    {
        var length = tokenIds.Length;
        var positions = new int[3 * length];
        // One entry a block of placeholders: each pair of frames of a clip has its own, with its time before it.
        using var blocks = media.SelectMany(
            m =>
                Enumerable.Repeat(
                    (Height: m.GridHeight / VisionSettings.MergeSize, Width: m.GridWidth / VisionSettings.MergeSize),
                    m.GridTime)).GetEnumerator();
        var position = 0;
        for (var i = 0; i < length;)
        {
            if (tokenIds[i] != imageToken && tokenIds[i] != videoToken)
            {
                positions[i] = positions[length + i] = positions[2 * length + i] = position++;
                i++;
                continue;
            }

            if (!blocks.MoveNext() || i + blocks.Current.Height * blocks.Current.Width > length)
                throw new ArgumentException("The prompt has more placeholders than there are embeddings.", nameof(tokenIds));
            for (var row = 0; row < blocks.Current.Height; row++)
            {
                for (var column = 0; column < blocks.Current.Width; column++, i++)
                {
                    positions[i] = position;
                    positions[length + i] = position + row;
                    positions[2 * length + i] = position + column;
                }
            }

            position += Math.Max(blocks.Current.Height, blocks.Current.Width);
        }

        return (positions, position - length);
    }
}
