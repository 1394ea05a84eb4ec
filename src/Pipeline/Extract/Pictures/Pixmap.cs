using System.Security.Cryptography;
using System.Text;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Binary PPM, the form in which pictures travel inside this process.</summary>
internal static class Pixmap
{
    /// <summary>The bytes before the pixels.</summary>
    public static byte[] Header(int width, int height) =>
        Encoding.ASCII.GetBytes(FormattableString.Invariant($"P6\n{width} {height}\n255\n"));

    /// <summary>A picture of pixels.</summary>
    /// <param name="pixels">Height × width × RGB.</param>
    public static Picture FromPixels(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var header = Header(width, height);
        var pixmap = new byte[header.Length + pixels.Length];
        header.CopyTo(pixmap, 0);
        pixels.CopyTo(pixmap.AsSpan(header.Length));
        return FromPixmap(pixmap, width, height);
    }

    /// <summary>A picture of a whole PPM.</summary>
    public static Picture FromPixmap(ReadOnlyMemory<byte> pixmap, int width, int height) =>
        new(pixmap, width, height, Convert.ToHexStringLower(SHA256.HashData(pixmap.Span)));
}
