namespace Qwen35Batch.Inference.Vision;

/// <summary>Turns the frames of a clip into what the vision tower reads.</summary>
internal sealed class VideoProcessor(VisionSettings settings)
{
    /// <summary>Resizes the frames, pairs them (the last one is repeated when their number is odd), and cuts them into patches.</summary>
    /// <param name="frameCount">The number of frames; at least 1.</param>
    /// <param name="decode">Decodes a frame; asked once for each, in order.</param>
    /// <param name="limits">Limits of this request on the pixels of all frames together; null for the model's own.</param>
    /// <exception cref="PictureException">The clip cannot be sent.</exception>
    public VisionPatches Process(int frameCount, Func<int, RgbImage> decode, PixelLimits? limits = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameCount, 1);
        var first = decode(0);
        var (height, width) = SmartSize.ForVideo(frameCount, first.Height, first.Width, settings.Factor, limits ?? settings.Video);
        var frames = new List<RgbImage>(frameCount + 1) { BicubicResizer.Resize(first, height, width) };
        for (var i = 1; i < frameCount; i++)
        {
            var frame = decode(i);
            if (frame.Width != first.Width || frame.Height != first.Height)
            {
                throw new PictureException(
                    $"frame {i} of the clip has {frame.Width} x {frame.Height} pixels, its first frame {first.Width} x {first.Height}: all "
                        + $"need the same size");
            }

            frames.Add(BicubicResizer.Resize(frame, height, width));
        }

        if (frames.Count % VisionSettings.TemporalPatchSize != 0)
            frames.Add(frames[^1]);
        return PatchWriter.Write(frames, settings.PatchSize);
    }
}
