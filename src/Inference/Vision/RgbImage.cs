using NetVips;

namespace Qwen35Batch.Inference.Vision;

/// <summary>A decoded picture.</summary>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Pixels">Red, green and blue bytes, row by row: <c>Height * Width * 3</c>.</param>
internal sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>A picture with more pixels is refused before it is decoded: a small file can hold a very large one.</summary>
    private const long MostPixels = 1L << 27;

    /// <summary>
    /// Decodes PNG, JPEG, WebP or binary PPM, recognised by content. The EXIF orientation is applied; transparency is dropped, as the
    /// model's own processor does it.
    /// </summary>
    /// <exception cref="PictureException">The data is no such picture, damaged or too large.</exception>
    public static RgbImage Decode(ReadOnlyMemory<byte> data)
    {
        var bytes = data.Span;
        if (bytes.StartsWith("P6"u8))
            return Pixmap.Read(bytes, MostPixels);
        if (bytes.IsEmpty)
            throw new PictureException("it is empty");
        if (!IsPng(bytes) && !IsJpeg(bytes) && !IsWebP(bytes))
            throw new PictureException("it is not a PNG, JPEG, WebP or binary PPM picture: convert it to one of these first");
        try
        {
            return DecodeWithVips(data);
        }
        catch (VipsException e)
        {
            throw new PictureException($"it is damaged and cannot be decoded ({OneLine(e.Message)})", e);
        }
    }

    private static RgbImage DecodeWithVips(ReadOnlyMemory<byte> data)
    {
        using var file = Image.NewFromBuffer(data.ToArray(), failOn: Enums.FailOn.Error);
        CheckSize(file.Width, file.Height, MostPixels);
        using var upright = file.Autorot();
        using var colours = upright.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = colours.Bands > 3 ? colours.ExtractBand(0, 3) : colours.Copy();
        using var image = opaque.Cast(Enums.BandFormat.Uchar);
        return new(image.Width, image.Height, image.WriteToMemory<byte>());
    }

    /// <summary>Refuses a picture that is too large to be decoded.</summary>
    internal static void CheckSize(long width, long height, long mostPixels)
    {
        if (width * height > mostPixels)
            throw new PictureException($"it has {width} x {height} pixels; at most {mostPixels} pixels are decoded: reduce it first");
    }

    private static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']);

    private static bool IsJpeg(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    private static bool IsWebP(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
