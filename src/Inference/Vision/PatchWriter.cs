using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Qwen35Batch.Inference.Vision;

/// <summary>Cuts resized frames into the normalised rows that the vision tower reads.</summary>
internal static class PatchWriter
{
    private const int Channels = 3;

    // Rescaled and normalised one after the other in single precision, as the model's own processor does it.
    private static readonly float[] Normalised = [.. Enumerable.Range(0, 256).Select(v => ((float)(v * (1 / 255.0)) - 0.5f) / 0.5f)];

    /// <summary>Writes the patches of an even number of frames of one size.</summary>
    public static VisionPatches Write(IReadOnlyList<RgbImage> frames, int patchSize)
    {
        var (width, height) = (frames[0].Width, frames[0].Height);
        var (gridTime, gridHeight, gridWidth) = (frames.Count / VisionSettings.TemporalPatchSize, height / patchSize, width / patchSize);
        var values = new float[checked(gridTime
            * gridHeight
            * gridWidth
            * Channels
            * VisionSettings.TemporalPatchSize
            * patchSize
            * patchSize)];
        var at = 0;
        for (var t = 0; t < gridTime; t++)
        {
            for (var blockRow = 0; blockRow < gridHeight; blockRow += VisionSettings.MergeSize)
            {
                for (var blockColumn = 0; blockColumn < gridWidth; blockColumn += VisionSettings.MergeSize)
                {
                    for (var patch = 0; patch < VisionSettings.MergeSize * VisionSettings.MergeSize; patch++)
                    {
                        var top = (blockRow + patch / VisionSettings.MergeSize) * patchSize;
                        var left = (blockColumn + patch % VisionSettings.MergeSize) * patchSize;
                        WritePatch(frames, t * VisionSettings.TemporalPatchSize, top, left, patchSize, values, ref at);
                    }
                }
            }
        }

        return new(values, gridTime, gridHeight, gridWidth, Hash(frames, patchSize));
    }

    private static void WritePatch(
        IReadOnlyList<RgbImage> frames, int firstFrame, int top, int left, int patchSize, float[] values, ref int at)
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            for (var frame = firstFrame; frame < firstFrame + VisionSettings.TemporalPatchSize; frame++)
            {
                var image = frames[frame];
                if (frame > firstFrame && ReferenceEquals(image, frames[frame - 1]))
                {
                    values.AsSpan(at - patchSize * patchSize, patchSize * patchSize).CopyTo(values.AsSpan(at));
                    at += patchSize * patchSize;
                    continue;
                }

                for (var y = top; y < top + patchSize; y++)
                {
                    var row = image.Pixels.AsSpan((y * image.Width + left) * Channels, patchSize * Channels);
                    for (var x = channel; x < row.Length; x += Channels)
                        values[at++] = Normalised[row[x]];
                }
            }
        }
    }

    private static string Hash(IReadOnlyList<RgbImage> frames, int patchSize)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(
            Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{frames.Count} {frames[0].Width} {frames[0].Height} {patchSize} ")));
        // Only a picture, or the last frame of an odd number, is there twice: the count says so.
        foreach (var frame in frames.Distinct(ReferenceEqualityComparer.Instance).Cast<RgbImage>())
            hash.AppendData(frame.Pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
