using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>
/// Whether a video or sound ends before its container says that it does, as what is left of a copy that broke off. ffmpeg ends such a file
/// as if the picture merely stood still until the end that the header promises.
/// </summary>
internal static class ContainerEnd
{
    private const int MaxBoxes = 100_000;
    private const uint Ebml = 0x1A45DFA3;
    private const uint Segment = 0x18538067;

    /// <summary>Goes through the outermost parts of an MP4 or Matroska; false for a file of another kind.</summary>
    /// <param name="path">A file of the media store.</param>
    public static bool IsMissing(string path)
    {
        using var file = File.OpenHandle(path);
        var head = new byte[4];
        return RandomAccess.Read(file, head, 0) == head.Length
            && (BinaryPrimitives.ReadUInt32BigEndian(head) == Ebml ? IsShortMatroska(file) : IsShortMp4(file));
    }

    private static bool IsShortMp4(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var header = new byte[16];
        for (var (at, boxes) = (0L, 0); boxes < MaxBoxes && RandomAccess.Read(file, header, at) >= 8; boxes++)
        {
            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (size == 1) size = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(8));
            if (size < 8) return false;
            if (size > length - at)
            {
                // Anything else may be junk behind a file that is whole.
                var type = header.AsSpan(4, 4);
                return type.SequenceEqual("mdat"u8) || type.SequenceEqual("moof"u8);
            }

            at += size;
        }

        return false;
    }

    private static bool IsShortMatroska(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        if (Element(file, 0) is not { Size: { } header } first
            || Element(file, first.Content + header) is not { Id: Segment, Size: { } size } segment)
        {
            return false;
        }

        return segment.Content + size > length;
    }

    /// <returns>Null where there is none; the size is null when it is not known, as in a recording that was streamed.</returns>
    private static (uint Id, long Content, long? Size)? Element(SafeFileHandle file, long at)
    {
        var bytes = new byte[12];
        if (RandomAccess.Read(file, bytes, at) < bytes.Length) return null;
        var places = BitOperations.LeadingZeroCount((uint)bytes[4] << 24) + 1;
        if (places > 8) return null;
        var (size, ones) = (bytes[4] & (0xFFL >> places), bytes[4] == 0xFF >> (places - 1));
        for (var place = 1; place < places; place++)
        {
            size = (size << 8) | bytes[4 + place];
            ones &= bytes[4 + place] == 0xFF;
        }

        return (BinaryPrimitives.ReadUInt32BigEndian(bytes), at + 4 + places, ones ? null : size);
    }
}
