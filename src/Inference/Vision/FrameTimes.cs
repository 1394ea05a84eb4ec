namespace Qwen35Batch.Inference.Vision;

/// <summary>The times that stand in the prompt before each pair of frames.</summary>
internal static class FrameTimes
{
    /// <summary>The mean time of each pair, in seconds; the last frame is repeated when their number is odd.</summary>
    public static IReadOnlyList<double> OfPairs(IReadOnlyList<double> seconds)
    {
        var times = new double[(seconds.Count + 1) / 2];
        for (var i = 0; i < times.Length; i++)
            times[i] = (seconds[2 * i] + seconds[Math.Min(2 * i + 1, seconds.Count - 1)]) / 2;
        return times;
    }
}
