using System.Buffers.Text;
using NetVips;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Compresses the uncompressed pictures of this process for the wire.</summary>
internal static class PictureCompression
{
    private const int Colours = 3;

    // Least work: the pictures are on their way for a moment, and are not kept.
    private const int PngLevel = 1;

    // Many pictures are compressed at once: threads within one would only wait for each other.
    static PictureCompression() => NetVips.NetVips.Concurrency = 1;

    /// <summary>
    /// A binary PPM as PNG or JPEG, at the size that the model's processor keeps. A PNG without colours has one channel, which says the
    /// same with a third of the bytes.
    /// </summary>
    /// <returns>The compressed picture and its media type.</returns>
    public static (byte[] Data, string MediaType) Compress(ReadOnlyMemory<byte> pixmap, PictureFormat format, int jpegQuality)
    {
        var (width, height, offset) = ReadHeader(pixmap.Span);
        var pixels = pixmap[offset..];
        var bands = Colours;
        if (format == PictureFormat.Png && Grey(pixels.Span) is { } grey) (pixels, bands) = (grey, 1);
        using var source = Image.NewFromMemory(pixels, width, height, bands, Enums.BandFormat.Uchar);
        var (keptWidth, keptHeight) = ProcessorSize.Kept(width, height);
        using var image = (keptWidth, keptHeight) == (width, height)
            ? source.Copy()
            : source.Resize(keptWidth / (double)width, Enums.Kernel.Cubic, vscale: keptHeight / (double)height);
        return format == PictureFormat.Png
            ? (image.PngsaveBuffer(compression: PngLevel, keep: Enums.ForeignKeep.None), "image/png")
            : (image.JpegsaveBuffer(q: jpegQuality, keep: Enums.ForeignKeep.None), "image/jpeg");
    }

    /// <summary>The one channel of pixels without colours; null when there is a colour.</summary>
    private static byte[]? Grey(ReadOnlySpan<byte> pixels)
    {
        var grey = GC.AllocateUninitializedArray<byte>(pixels.Length / Colours);
        for (var (at, from) = (0, 0); at < grey.Length; at++, from += Colours)
        {
            var red = pixels[from];
            if (red != pixels[from + 1] || red != pixels[from + 2]) return null;
            grey[at] = red;
        }

        return grey;
    }

    private static (int Width, int Height, int Offset) ReadHeader(ReadOnlySpan<byte> pixmap)
    {
        var offset = 3;
        if (pixmap.StartsWith("P6\n"u8)
            && Number(pixmap, ref offset) is { } width
            && Number(pixmap, ref offset) is { } height
            && Number(pixmap, ref offset) == 255
            && pixmap.Length - offset == width * height * Colours)
        {
            return (width, height, offset);
        }

        throw new InvalidDataException("The picture is not a binary PPM of 8 bits.");

        static int? Number(ReadOnlySpan<byte> text, ref int offset)
        {
            if (!Utf8Parser.TryParse(text[offset..], out int value, out var length)) return null;
            offset += length + 1;
            return value;
        }
    }
}
