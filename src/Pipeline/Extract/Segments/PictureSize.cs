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
}
