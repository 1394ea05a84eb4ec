using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Models;

/// <summary>The rotary positions of the vision tower: half of a head's pairs turn with a patch's row, half with its column.</summary>
internal static class VisionRotary
{
    private const float Theta = 10000f;

    /// <summary>In single precision, as the reference computes them; a quarter of a head's dimension.</summary>
    public static float[] Frequencies(VisionConfig config) =>
        [.. Enumerable.Range(0, config.HeadDim / 4).Select(i => 1 / (float)Math.Pow(Theta, 2f * i / (config.HeadDim / 2)))];
}
