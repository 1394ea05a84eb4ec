using System.Globalization;

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

    /// <summary>A time as the model knows it, such as <c>&lt;0.2 seconds&gt;</c>; 0.25 is written 0.2, half to even.</summary>
    public static string Text(double seconds) => string.Create(CultureInfo.InvariantCulture, $"<{seconds:F1} seconds>");
}
