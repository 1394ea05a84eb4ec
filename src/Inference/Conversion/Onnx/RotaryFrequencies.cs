using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>The frequencies of the decoder's rotary positions.</summary>
internal static class RotaryFrequencies
{
    /// <summary>In single precision, as the reference computes them.</summary>
    public static float[] Of(TextConfig config) =>
        [.. Enumerable.Range(0, config.RotaryDim / 2).Select(i => 1 / (float)Math.Pow(config.RopeTheta, 2f * i / config.RotaryDim))];

    /// <summary>The axis that each frequency follows: height and width take turns with the time, as far as their sections reach.</summary>
    public static long[] Axes(TextConfig config) =>
        [.. Enumerable.Range(0, config.RotaryDim / 2).Select(i => i % 3 != 0 && i < 3 * config.RopeSections[i % 3] ? i % 3 : 0L)];
}
