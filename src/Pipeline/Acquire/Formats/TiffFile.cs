using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Qwen35Batch.Pipeline.Acquire.Formats;

/// <summary>Reads the directories of a TIFF file, which say what its pages are. The pictures themselves are not looked at.</summary>
internal sealed class TiffFile
{
    private const int MostPages = 10_000;
    private const int MostEntries = 1_024;
    private const int MostInner = 16;

    private const int NewSubfileType = 254;
    private const int SubfileType = 255;
    private const int ImageWidth = 256;
    private const int ImageLength = 257;
    private const int Compression = 259;
    private const int Photometric = 262;
    private const int XResolution = 282;
    private const int YResolution = 283;
    private const int SubDirectories = 330;
    private const int DngVersion = 50706;

    // A mosaic of colour filters, and linear sensor values.
    private static readonly long[] RawPhotometrics = [32803, 34892];

    // Of Sony, Nikon, Samsung, Kodak and Pentax.
    private static readonly long[] RawCompressions = [32767, 34713, 32769, 65000, 65535];

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly bool _isBig;
    private readonly bool _isLittleEndian;

    private TiffFile(SafeFileHandle file, ReadOnlySpan<byte> head)
    {
        _file = file;
        _length = RandomAccess.GetLength(file);
        _isLittleEndian = head[0] == 'I';
        _isBig = head[_isLittleEndian ? 2 : 3] == 43;
    }

    /// <summary>The pages in the order of the file, their directories' inner ones left out; empty when they cannot be read.</summary>
    /// <param name="path">A file that begins as TIFF does.</param>
    public static IReadOnlyList<TiffPage> ReadPages(string path) => Read(path).Pages;

    /// <summary>Whether the last page that can be read names a further one that cannot: the file is cut off before it.</summary>
    /// <param name="path">A file that begins as TIFF does.</param>
    public static bool BreaksOff(string path) => Read(path) is { Pages.Count: > 0, BreaksOff: true };

    private static (IReadOnlyList<TiffPage> Pages, bool BreaksOff) Read(string path)
    {
        using var file = File.OpenHandle(path);
        var head = new byte[16];
        if (RandomAccess.Read(file, head, 0) < 8)
            return ([], false);
        var tiff = new TiffFile(file, head);
        var pages = new List<TiffPage>();
        var known = new HashSet<long>();
        for (
            var at = tiff._isBig
                ? tiff.Number(head.AsSpan(8), 8)
                : tiff.Number(head.AsSpan(4), 4); at > 0 && known.Add(at) && pages.Count < MostPages;)
        {
            if (tiff.Directory(at) is not { } directory)
                return (pages, true);
            pages.Add(tiff.Page(directory.Values, pages.Count == 0 ? null : pages[0]));
            at = directory.Next;
        }

        return (pages, false);
    }

    private static bool IsRaw(Dictionary<int, Field> values) =>
        values.ContainsKey(DngVersion)
        || RawPhotometrics.Contains(values.GetValueOrDefault(Photometric).First)
        || RawCompressions.Contains(values.GetValueOrDefault(Compression).First);

    private TiffPage Page(Dictionary<int, Field> values, TiffPage? first)
    {
        var (width, height) = (
            (int)Math.Clamp(values.GetValueOrDefault(ImageWidth).First, 0, int.MaxValue),
            (int)Math.Clamp(values.GetValueOrDefault(ImageLength).First, 0, int.MaxValue));
        var type = values.GetValueOrDefault(NewSubfileType).First;
        return new()
        {
            Width = width,
            Height = height,
            IsAuxiliary = (type & 0x5) != 0 || values.GetValueOrDefault(SubfileType).First == 2
                || (first is not null && IsHalf(first, width, height)),
            IsRaw = IsRaw(values) || Inner(values).Any(IsRaw),
            HorizontalResolution = Ratio(values.GetValueOrDefault(XResolution)),
            VerticalResolution = Ratio(values.GetValueOrDefault(YResolution)),
        };
    }

    // The smaller levels of a pyramid are not always marked.
    private static bool IsHalf(TiffPage first, int width, int height)
    {
        if (width == 0 || height == 0 || width >= first.Width)
            return false;
        var level = Math.Round(Math.Log2((double)first.Width / width));
        return level >= 1 && Math.Abs((first.Width / Math.Pow(2, level)) - width) <= 1
            && Math.Abs((first.Height / Math.Pow(2, level)) - height) <= 1;
    }

    private IEnumerable<Dictionary<int, Field>> Inner(Dictionary<int, Field> values)
    {
        if (!values.TryGetValue(SubDirectories, out var field))
            yield break;
        var size = _isBig ? 8 : 4;
        var count = (int)Math.Min(field.Count, MostInner);
        var offsets = new byte[count * size];
        if (count == 1)
        {
            if (Directory(field.First) is { } only)
                yield return only.Values;
            yield break;
        }

        if (field.Offset <= 0 || RandomAccess.Read(_file, offsets, field.Offset) < offsets.Length)
            yield break;
        for (var index = 0; index < count; index++)
        {
            if (Directory(Number(offsets.AsSpan(index * size), size)) is { } inner)
                yield return inner.Values;
        }
    }

    private (Dictionary<int, Field> Values, long Next)? Directory(long at)
    {
        var (countSize, entrySize, offsetSize) = _isBig ? (8, 20, 8) : (2, 12, 4);
        var counted = new byte[countSize];
        if (at <= 0 || at >= _length || RandomAccess.Read(_file, counted, at) < countSize)
            return null;
        var count = Number(counted, countSize);
        if (count is <= 0 or > MostEntries)
            return null;
        var bytes = new byte[(count * entrySize) + offsetSize];
        var read = RandomAccess.Read(_file, bytes, at + countSize);
        if (read < count * entrySize)
            return null;
        var values = new Dictionary<int, Field>();
        for (var index = 0; index < count; index++)
        {
            var entry = bytes.AsSpan(index * entrySize, entrySize);
            var value = entry[(_isBig ? 12 : 8)..];
            values[(int)Number(entry, 2)] = new(
                Number(entry[2..], 2) == 3
                    ? Number(value, 2)
                    : Number(value, offsetSize), Number(entry[4..], offsetSize), Number(value, offsetSize));
        }

        return (values, read < bytes.Length ? 0 : Number(bytes.AsSpan((int)(count * entrySize)), offsetSize));
    }

    private double Ratio(Field field)
    {
        var bytes = new byte[8];
        if (field.Offset <= 0)
            return 0;
        // Eight bytes: BigTIFF keeps them in the entry itself.
        if (_isBig)
        {
            BinaryPrimitives.WriteInt64LittleEndian(
                bytes, _isLittleEndian ? field.Offset : BinaryPrimitives.ReverseEndianness(field.Offset));
        }
        else if (RandomAccess.Read(_file, bytes, field.Offset) < bytes.Length)
        {
            return 0;
        }

        var divisor = Number(bytes.AsSpan(4), 4);
        return divisor == 0 ? 0 : (double)Number(bytes, 4) / divisor;
    }

    private long Number(ReadOnlySpan<byte> bytes, int size) => (size, _isLittleEndian) switch
    {
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
    };

    private readonly record struct Field(long First, long Count, long Offset);
}
