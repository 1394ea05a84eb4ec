using System.Buffers.Binary;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Finds out whether a PNG is an animation: libvips reads its first picture and does not say so.</summary>
internal static class AnimatedPng
{
    private const int HeadBytes = 1 << 16;
    private const int SignatureBytes = 8;

    /// <summary>The number of frames; 1 for any other picture.</summary>
    /// <param name="path">A file of the media store.</param>
    public static int CountFrames(string path)
    {
        using var file = File.OpenHandle(path);
        var head = new byte[HeadBytes];
        var read = RandomAccess.Read(file, head, 0);
        if (read < SignatureBytes || !head.AsSpan().StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']))
            return 1;
        // Length, type, content and check sum; the count comes before the first picture.
        for (long at = SignatureBytes; at + 12 <= read;)
        {
            var chunk = head.AsSpan((int)at);
            if (chunk[4..].StartsWith("acTL"u8))
                return Math.Max(1, BinaryPrimitives.ReadInt32BigEndian(chunk[8..]));
            if (chunk[4..].StartsWith("IDAT"u8))
                return 1;
            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }

        return 1;
    }
}
