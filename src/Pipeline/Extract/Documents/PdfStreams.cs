using System.Buffers.Text;

namespace Qwen35Batch.Pipeline.Extract.Documents;

/// <summary>
/// Where the streams of a PDF stand in the file: poppler draws a picture that breaks off without a word, grey or white below. The file is
/// gone through once, whatever is asked about its objects.
/// </summary>
internal sealed class PdfStreams
{
    private const int Window = 1 << 20;
    private const int Overlap = 64;
    private const int HeaderBytes = 1 << 12;
    private const int TailBytes = 1 << 10;
    private const int MaxObjects = 200_000;

    private readonly Dictionary<(int Number, int Generation), (long Start, long End)> _objects = [];
    private readonly long _length;
    private (int Number, int Generation)? _open;

    private PdfStreams(long length) => _length = length;

    private static ReadOnlySpan<byte> ObjectWord => "obj"u8;

    private static ReadOnlySpan<byte> EndWord => "endstream"u8;

    /// <summary>Goes through a file.</summary>
    public static PdfStreams Of(Stream file)
    {
        var streams = new PdfStreams(file.Length);
        var block = new byte[Window + Overlap];
        // What stands at the end of a window is looked at with the next one, too.
        var kept = 0;
        for (var at = 0L; ;)
        {
            var read = file.ReadAtLeast(block.AsSpan(kept, Window), Window, throwOnEndOfStream: false);
            var isLast = read < Window;
            streams.Take(block.AsSpan(0, kept + read), at, isLast);
            if (isLast)
                return streams;
            at += kept + read - Overlap;
            block.AsSpan(kept + read - Overlap, Overlap).CopyTo(block);
            kept = Overlap;
        }
    }

    /// <summary>True when the JPEG of an object ends without its end marker.</summary>
    /// <param name="file">The file.</param>
    /// <param name="number">The object's number.</param>
    /// <param name="generation">Its generation.</param>
    public bool IsCutJpeg(Stream file, int number, int generation)
    {
        if (!_objects.TryGetValue((number, generation), out var place))
            return false;
        var end = place.End > 0 ? place.End : _length;
        var header = Read(file, place.Start, (int)Math.Min(HeaderBytes, end - place.Start));
        var stream = header.AsSpan().IndexOf("stream"u8);
        if (stream < 0)
            return false;
        var start = header.AsSpan(stream + 6);
        var tail = Read(file, Math.Max(place.Start + stream, end - TailBytes), (int)Math.Min(TailBytes, end - place.Start - stream));
        return start[..Math.Min(16, start.Length)].IndexOf<byte>([0xFF, 0xD8, 0xFF]) >= 0
            && tail.AsSpan().LastIndexOf<byte>([0xFF, 0xD9]) < 0;
    }

    private void Take(ReadOnlySpan<byte> window, long at, bool isLast)
    {
        var last = isLast ? window.Length : window.Length - (Overlap / 2);
        var (nextObject, nextEnd) = (Next(window, ObjectWord, 0), Next(window, EndWord, 0));
        while (Math.Min(nextObject, nextEnd) < last)
        {
            if (nextObject < nextEnd)
            {
                // What was found within the overlap was taken with the window before.
                if (at == 0 || nextObject >= Overlap / 2)
                    Begin(window, nextObject, at);
                nextObject = Next(window, ObjectWord, nextObject + ObjectWord.Length);
            }
            else
            {
                if (at == 0 || nextEnd >= Overlap / 2)
                    End(at + nextEnd);
                nextEnd = Next(window, EndWord, nextEnd + EndWord.Length);
            }
        }
    }

    private static int Next(ReadOnlySpan<byte> window, ReadOnlySpan<byte> word, int from) =>
        window[from..].IndexOf(word) is >= 0 and var found ? from + found : int.MaxValue;

    // The newest version of an object is the last one.
    private void Begin(ReadOnlySpan<byte> window, int place, long at)
    {
        var before = window[Math.Max(0, place - (Overlap / 2))..place].TrimEnd(" \t\r\n"u8);
        if (NumberAtEnd(ref before) is not { } generation
            || before.Length == 0
            || before[^1] is not ((byte)' ' or (byte)'\n' or (byte)'\r'))
        {
            return;
        }

        before = before.TrimEnd(" \t\r\n"u8);
        if (NumberAtEnd(ref before) is not { } number)
            return;
        if (_objects.Count == MaxObjects && !_objects.ContainsKey((number, generation)))
        {
            _open = null;
            return;
        }

        _open = (number, generation);
        _objects[(number, generation)] = (at + place, 0);
    }

    private void End(long place)
    {
        if (_open is { } open)
            _objects[open] = (_objects[open].Start, place);
        _open = null;
    }

    private static int? NumberAtEnd(ref ReadOnlySpan<byte> bytes)
    {
        var first = bytes.Length;
        while (first > 0 && bytes[first - 1] is >= (byte)'0' and <= (byte)'9')
            first--;
        var isNumber = Utf8Parser.TryParse(bytes[first..], out int number, out _);
        bytes = bytes[..first];
        return isNumber ? number : null;
    }

    private static byte[] Read(Stream file, long at, int count)
    {
        var bytes = new byte[Math.Max(0, count)];
        file.Seek(at, SeekOrigin.Begin);
        file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes;
    }
}
