using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// Looks at the JPEG streams of a PDF as they are stored: poppler draws a picture that breaks off without a word, grey or white
/// below.
/// </summary>
internal static class PdfStreams
{
    private const int Window = 1 << 20;
    private const int HeaderBytes = 1 << 12;
    private const int TailBytes = 1 << 10;

    /// <summary>True when the JPEG of an object ends without its end marker.</summary>
    /// <param name="path">The file.</param>
    /// <param name="number">The object's number.</param>
    /// <param name="generation">Its generation.</param>
    public static bool IsCutJpeg(string path, int number, int generation)
    {
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        var length = new FileInfo(path).Length;
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number} {generation} obj"));
        // The newest version of an object is the last one.
        var at = -1L;
        for (var found = Find(view, header, 0, length); found >= 0; found = Find(view, header, found + header.Length, length))
        {
            if (found == 0 || view.ReadByte(found - 1) is (byte)'\n' or (byte)'\r' or (byte)' ')
                at = found;
        }

        if (at < 0 || Find(view, "stream"u8.ToArray(), at, Math.Min(length, at + HeaderBytes)) is not (>= 0 and var stream))
            return false;
        var end = Find(view, "endstream"u8.ToArray(), stream + 6, length);
        if (end < 0)
            end = length;
        var start = Read(view, stream + 6, (int)Math.Min(16, end - stream - 6));
        var tail = Read(view, Math.Max(stream, end - TailBytes), (int)Math.Min(TailBytes, end - stream));
        return start.AsSpan().IndexOf<byte>([0xFF, 0xD8, 0xFF]) >= 0 && tail.AsSpan().LastIndexOf<byte>([0xFF, 0xD9]) < 0;
    }

    private static long Find(MemoryMappedViewAccessor view, byte[] what, long from, long to)
    {
        var step = Window - what.Length;
        for (var at = from; at < to; at += step)
        {
            var found = Read(view, at, (int)Math.Min(Window, to - at)).AsSpan().IndexOf(what);
            if (found >= 0)
                return at + found;
        }

        return -1;
    }

    private static byte[] Read(MemoryMappedViewAccessor view, long at, int count)
    {
        var bytes = new byte[Math.Max(0, count)];
        view.ReadArray(at, bytes, 0, bytes.Length);
        return bytes;
    }
}
