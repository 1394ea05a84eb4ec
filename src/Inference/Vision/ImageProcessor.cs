namespace Qwen35Batch.Inference.Vision;

/// <summary>Turns a picture into what the vision tower reads.</summary>
internal sealed class ImageProcessor(VisionSettings settings)
{
    /// <summary>Resizes a picture and cuts it into patches.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="limits">Limits of this request; null for the model's own.</param>
    /// <exception cref="PictureException">The picture cannot be sent.</exception>
    public VisionPatches Process(RgbImage image, PixelLimits? limits = null)
    {
        var (height, width) = SmartSize.ForImage(image.Height, image.Width, settings.Factor, limits ?? settings.Image);
        var resized = BicubicResizer.Resize(image, height, width);
        return PatchWriter.Write([resized, resized], settings.PatchSize);
    }
}
