using System.Buffers.Text;
using Image = NetVips.Image;

namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>Compresses the uncompressed pictures of this process for the wire.</summary>
internal static class PictureCompression
{
    /// <summary>A binary PPM as PNG or JPEG, at the size that the model's processor keeps.</summary>
    /// <returns>The compressed picture and its media type.</returns>
    public static (byte[] Data, string MediaType) Compress(ReadOnlyMemory<byte> pixmap, PictureFormat format, int jpegQuality)
    {
        var (width, height, offset) = ReadHeader(pixmap.Span);
        using var source = Image.NewFromMemoryCopy<byte>(pixmap.Span[offset..], width, height, 3, NetVips.Enums.BandFormat.Uchar);
        var (keptWidth, keptHeight) = ProcessorSize.Kept(width, height);
        using var image = (keptWidth, keptHeight) == (width, height)
            ? source.Copy()
            : source.Resize(keptWidth / (double)width, NetVips.Enums.Kernel.Cubic, vscale: keptHeight / (double)height);
        return format == PictureFormat.Png
            ? (image.PngsaveBuffer(compression: 3, keep: NetVips.Enums.ForeignKeep.None), "image/png")
            : (image.JpegsaveBuffer(q: jpegQuality, keep: NetVips.Enums.ForeignKeep.None), "image/jpeg");
    }

    private static (int Width, int Height, int Offset) ReadHeader(ReadOnlySpan<byte> pixmap)
    {
        var offset = 3;
        if (pixmap.StartsWith("P6\n"u8)
            && Number(pixmap, ref offset) is { } width
            && Number(pixmap, ref offset) is { } height
            && Number(pixmap, ref offset) == 255
            && pixmap.Length - offset == width * height * 3)
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
