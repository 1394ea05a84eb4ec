using System.IO.Compression;

namespace Qwen35Batch.Pipeline.Extract.Documents.Pdf;

/// <summary>
/// Whether a PDF may have annotations other than links: its bytes are gone through for their names, and its packed objects to a limit.
/// Only such a file is worth a child that reads them.
/// </summary>
internal static class AnnotationScan
{
    private const int Window = 1 << 20;
    private const int Overlap = 256;
    private const int HeaderBytes = 2_048;
    private const int MaxUnpacked = 8 << 20;
    private const int MaxStreams = 4_000;
    private const int MaxAllUnpacked = 128 << 20;

    private static readonly byte[][] Kinds =
    [
        .. new[]
        {
            "Text", "FreeText", "Highlight", "Underline", "Squiggly", "StrikeOut", "Redact", "Caret", "Stamp", "Ink", "Line", "Square",
            "Circle", "Polygon", "PolyLine", "FileAttachment", "Widget", "RichMedia", "Screen", "Movie", "Sound", "3D",
        }.Select(kind => System.Text.Encoding.ASCII.GetBytes("/" + kind)),
    ];

    /// <summary>Goes through a file.</summary>
    public static bool MayHaveAny(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var block = new byte[Window + Overlap];
        var packed = new List<long>();
        var kept = 0;
        for (var at = 0L; ;)
        {
            var read = file.ReadAtLeast(block.AsSpan(kept, Window), Window, throwOnEndOfStream: false);
            var window = block.AsSpan(0, kept + read);
            if (HasAny(window)) return true;
            for (var from = 0; window[from..].IndexOf("/ObjStm"u8) is >= 0 and var found && packed.Count < MaxStreams; from += found + 7)
                packed.Add(at + from + found);
            if (read < Window) break;
            at += window.Length - Overlap;
            window[^Overlap..].CopyTo(block);
            kept = Overlap;
        }

        var left = MaxAllUnpacked;
        var content = packed.Count > 0 ? new byte[MaxUnpacked] : [];
        // What is behind the limits is not known: the child finds out.
        return packed.Count == MaxStreams || packed.Distinct().Any(place => left <= 0 || HasPacked(file, place, content, ref left));
    }

    private static bool HasAny(ReadOnlySpan<byte> bytes)
    {
        for (var from = 0; bytes[from..].IndexOf("/Subtype"u8) is >= 0 and var found; from += found + 8)
        {
            var name = bytes[(from + found + 8)..].TrimStart(" \t\r\n"u8);
            foreach (var kind in Kinds)
            {
                if (name.StartsWith(kind) && (name.Length == kind.Length || !IsLetter(name[kind.Length]))) return true;
            }
        }

        return false;
    }

    private static bool IsLetter(byte value) => char.IsAsciiLetterOrDigit((char)value);

    private static bool HasPacked(FileStream file, long place, byte[] content, ref int left)
    {
        var header = new byte[HeaderBytes];
        file.Seek(place, SeekOrigin.Begin);
        var count = file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        var start = header.AsSpan(0, count).IndexOf("stream"u8);
        if (start < 0) return false;
        start += 6;
        while (start < count && header[start] is (byte)'\r' or (byte)'\n') start++;
        file.Seek(place + start, SeekOrigin.Begin);
        try
        {
            using var unpacked = new ZLibStream(file, CompressionMode.Decompress, leaveOpen: true);
            var length = unpacked.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            left -= length;
            return length == content.Length || HasAny(content.AsSpan(0, length));
        }
        catch (InvalidDataException)
        {
            // Packed otherwise, or encrypted: the child finds out.
            return true;
        }
    }
}
