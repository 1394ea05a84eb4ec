using System.Buffers.Binary;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>
/// Whether the tracks of an MP4 are encrypted. ffmpeg lists them under the codings that they have behind the encryption, and then fails to
/// decode them as if they were damaged.
/// </summary>
internal static class CopyProtection
{
    private const int HeaderBytes = 16;
    private const int MaxIndexBytes = 64 << 20;
    private const int MaxBoxes = 10_000;

    // The sample entries of encrypted video and sound, and those of an older scheme.
    private static readonly byte[][] Entries = [.. new[] { "encv", "enca", "drms", "drmi" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>Goes through the boxes of a file up to its index; false for a file of another kind.</summary>
    public static bool IsOn(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var header = new byte[HeaderBytes];
        for (var (at, boxes) = (0L, 0); boxes < MaxBoxes && at + HeaderBytes <= file.Length; boxes++)
        {
            file.Seek(at, SeekOrigin.Begin);
            file.ReadExactly(header);
            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (size == 1) size = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(8));
            if (size == 0) size = file.Length - at;
            if (size < 8 || size > file.Length - at) return false;
            if (header.AsSpan(4, 4).SequenceEqual("moov"u8)) return size <= MaxIndexBytes && HasProtectedEntry(file, at, (int)size);
            at += size;
        }

        return false;
    }

    private static bool HasProtectedEntry(FileStream file, long at, int size)
    {
        var index = new byte[size];
        file.Seek(at, SeekOrigin.Begin);
        file.ReadExactly(index);
        // An entry names its scheme in a box of its own.
        return index.AsSpan().IndexOf("sinf"u8) >= 0 && Entries.Any(entry => index.AsSpan().IndexOf(entry) >= 0);
    }
}
