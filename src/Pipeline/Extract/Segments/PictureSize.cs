using Qwen35Batch.Pipeline.Endpoints;

namespace Qwen35Batch.Pipeline.Extract.Segments;

/// <summary>Sizes of pictures.</summary>
internal static class PictureSize
{
    /// <summary>The largest size with the same proportions that has at most so many pixels; never larger than the picture.</summary>
    public static (int Width, int Height) Fit(double width, double height, int maxPixels)
    {
        var scale = Math.Min(1, Math.Sqrt(maxPixels / (width * height)));
        return (Math.Max(1, (int)((width * scale) + 1e-6)), Math.Max(1, (int)((height * scale) + 1e-6)));
    }

    /// <summary>
    /// The size nearest to that at which the model's processor leaves a picture as it is. What can be drawn at any size is drawn at this
    /// one: a page or a frame that is resized afterwards costs more than its drawing, and is less sharp.
    /// </summary>
    public static (int Width, int Height) FitKept(double width, double height, int maxPixels)
    {
        var (fitWidth, fitHeight) = Fit(width, height, maxPixels);
        return ProcessorSize.Kept(fitWidth, fitHeight);
    }
}
