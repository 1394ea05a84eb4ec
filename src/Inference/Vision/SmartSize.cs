using System.Globalization;

namespace Qwen35Batch.Inference.Vision;

/// <summary>
/// The size that a picture or a clip is resized to: multiples of the factor within the pixel limits, close to the given shape.
/// </summary>
internal static class SmartSize
{
    private const int LargestRatio = 200;

    /// <summary>For one picture.</summary>
    /// <exception cref="PictureException">The picture is too long and narrow.</exception>
    public static (int Height, int Width) ForImage(int height, int width, int factor, PixelLimits limits)
    {
        CheckRatio(height, width);
        return Fit(height, width, factor, limits, frames: 1, roundedFrames: 1);
    }

    /// <summary>For a clip; the limits count the pixels of all its frames.</summary>
    /// <exception cref="PictureException">The frames are too small, or too long and narrow.</exception>
    public static (int Height, int Width) ForVideo(int frames, int height, int width, int factor, PixelLimits limits)
    {
        if (height < factor || width < factor)
            throw new PictureException($"the frames have {width} x {height} pixels; a video needs at least {factor} x {factor}");
        CheckRatio(height, width);
        var pairs = (frames + VisionSettings.TemporalPatchSize - 1) / VisionSettings.TemporalPatchSize;
        return Fit(height, width, factor, limits, frames, pairs * VisionSettings.TemporalPatchSize);
    }

    private static (int Height, int Width) Fit(int height, int width, int factor, PixelLimits limits, int frames, int roundedFrames)
    {
        // Half to even, as Python rounds.
        var fittedHeight = (long)Math.Round((double)height / factor, MidpointRounding.ToEven) * factor;
        var fittedWidth = (long)Math.Round((double)width / factor, MidpointRounding.ToEven) * factor;
        var pixels = roundedFrames * fittedHeight * fittedWidth;
        if (pixels > limits.Max)
        {
            var shrink = Math.Sqrt((double)frames * height * width / limits.Max);
            fittedHeight = Math.Max(factor, (long)Math.Floor(height / shrink / factor) * factor);
            fittedWidth = Math.Max(factor, (long)Math.Floor(width / shrink / factor) * factor);
        }
        else if (pixels < limits.Min)
        {
            var enlarge = Math.Sqrt(limits.Min / ((double)frames * height * width));
            fittedHeight = (long)Math.Ceiling(height * enlarge / factor) * factor;
            fittedWidth = (long)Math.Ceiling(width * enlarge / factor) * factor;
        }

        return (checked((int)fittedHeight), checked((int)fittedWidth));
    }

    private static void CheckRatio(int height, int width)
    {
        var ratio = (double)Math.Max(height, width) / Math.Min(height, width);
        if (ratio > LargestRatio)
        {
            throw new PictureException(string.Create(CultureInfo.InvariantCulture,
                $"it has {width} x {height} pixels, one side {ratio:0.#} times the other; the model takes up to {LargestRatio} times: cut "
                    + $"it into parts"));
        }
    }
}
