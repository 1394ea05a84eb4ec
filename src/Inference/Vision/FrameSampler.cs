namespace Qwen35Batch.Inference.Vision;

/// <summary>Which frames of a video the model's own processor takes.</summary>
internal static class FrameSampler
{
    /// <summary>Returns the indexes of the frames, ascending, spread evenly from the first to the last.</summary>
    /// <param name="totalFrames">Frames of the video; at least 1.</param>
    /// <param name="sourceFps">Its frames per second.</param>
    /// <param name="sampleFps">Frames per second to take.</param>
    /// <param name="minFrames">The fewest, if the video has them.</param>
    /// <param name="maxFrames">The most.</param>
    public static int[] Indexes(int totalFrames, double sourceFps, double sampleFps, int minFrames = 4, int maxFrames = 768)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalFrames, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sourceFps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleFps);
        var wanted = Math.Truncate(totalFrames / sourceFps * sampleFps);
        var count = (int)Math.Min(Math.Min(Math.Max(wanted, minFrames), maxFrames), totalFrames);
        var indexes = new int[count];
        var step = count > 1 ? (totalFrames - 1) / (double)(count - 1) : 0;
        for (var i = 0; i < count; i++)
            indexes[i] = i == count - 1 && count > 1 ? totalFrames - 1 : (int)Math.Round(i * step, MidpointRounding.ToEven);
        return indexes;
    }
}
