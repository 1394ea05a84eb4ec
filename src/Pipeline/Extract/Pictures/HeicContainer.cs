using System.Buffers.Binary;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>
/// Reads the container of a HEIC picture: where the coded tiles of its first picture lie and how they are put together. The pictures
/// themselves are for a decoder of HEVC.
/// </summary>
internal sealed class HeicContainer
{
    private const int MostMetaBytes = 16 << 20;
    private const int MostTiles = 4_096;
    private const int MostCodedBytes = 256 << 20;

    private readonly Dictionary<uint, string> _types = [];
    private readonly Dictionary<uint, List<Extent>> _places = [];
    private readonly Dictionary<uint, List<int>> _properties = [];
    private readonly List<(string Type, byte[] Content)> _all = [];
    private readonly Dictionary<uint, List<uint>> _derivedFrom = [];
    private byte[] _inner = [];
    private uint _primary;

    private HeicContainer()
    {
    }

    /// <summary>The first picture of a file; null when it is not one that is coded as HEVC, or cannot be understood.</summary>
    /// <param name="path">A file of the media store.</param>
    /// <param name="subject">What is read, at the start of a sentence.</param>
    /// <exception cref="MediaRejectedException">The file breaks off.</exception>
    public static HeicPicture? Read(string path, string subject)
    {
        using var file = File.OpenHandle(path);
        try
        {
            if (Meta(file) is not { } meta)
                return null;
            var container = new HeicContainer();
            container.Take(meta.AsSpan(4));
            return container.Picture(file);
        }
        catch (EndOfStreamException exception)
        {
            throw new MediaRejectedException(
                RejectionReason.CorruptMedia, $"{subject} is a HEIC picture that breaks off; submit an intact copy.", exception);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private static byte[]? Meta(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var head = new byte[16];
        for (var at = 0L; at + 8 <= length && RandomAccess.Read(file, head, at) >= 8;)
        {
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            var start = size == 1 ? 16 : 8;
            size = size switch { 0 => length - at, 1 => BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8)), _ => size };
            if (size < start)
                return null;
            if (head.AsSpan(4, 4).SequenceEqual("meta"u8))
            {
                if (size > MostMetaBytes)
                    return null;
                var meta = new byte[size - start];
                return RandomAccess.Read(file, meta, at + start) == meta.Length ? meta : throw new EndOfStreamException();
            }

            at += size;
        }

        return null;
    }

    private void Take(ReadOnlySpan<byte> boxes)
    {
        while (boxes.Length >= 8)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(boxes);
            if (size < 8 || size > boxes.Length)
                return;
            TakeBox(Encoding.ASCII.GetString(boxes[4..8]), boxes[8..size]);
            boxes = boxes[size..];
        }
    }

    private void TakeBox(string type, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case "pitm":
                _primary = (uint)Number(content[4..], content[0] == 0 ? 2 : 4);
                break;
            case "iinf":
                Take(content[(content[0] == 0 ? 6 : 8)..]);
                break;
            case "infe" when content[0] >= 2:
                var wide = content[0] == 2 ? 2 : 4;
                _types[(uint)Number(content[4..], wide)] = Encoding.ASCII.GetString(content.Slice(4 + wide + 2, 4));
                break;
            case "iloc":
                TakePlaces(content);
                break;
            case "iref":
                TakeReferences(content);
                break;
            case "iprp":
                Take(content);
                break;
            case "ipco":
                TakeProperties(content);
                break;
            case "ipma":
                TakeAssociations(content);
                break;
            case "idat":
                _inner = content.ToArray();
                break;
        }
    }

    private void TakeProperties(ReadOnlySpan<byte> content)
    {
        while (content.Length >= 8)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(content);
            if (size < 8)
                return;
            _all.Add((Encoding.ASCII.GetString(content[4..8]), content[8..size].ToArray()));
            content = content[size..];
        }
    }

    private void TakeAssociations(ReadOnlySpan<byte> content)
    {
        var (idSize, isWide) = (content[0] < 1 ? 2 : 4, (content[3] & 1) != 0);
        var count = (int)Number(content[4..], 4);
        content = content[8..];
        for (var item = 0; item < count; item++)
        {
            var list = _properties[(uint)Number(content, idSize)] = [];
            var properties = content[idSize];
            content = content[(idSize + 1)..];
            for (var index = 0; index < properties; index++)
            {
                list.Add(isWide ? (int)Number(content, 2) & 0x7FFF : content[0] & 0x7F);
                content = content[(isWide ? 2 : 1)..];
            }
        }
    }

    private void TakeReferences(ReadOnlySpan<byte> content)
    {
        var wide = content[0] == 0 ? 2 : 4;
        content = content[4..];
        while (content.Length >= 8)
        {
            var size = (int)Number(content, 4);
            var box = content[8..size];
            if (content[4..8].SequenceEqual("dimg"u8))
            {
                var list = _derivedFrom[(uint)Number(box, wide)] = [];
                var count = (int)Number(box[wide..], 2);
                for (var index = 0; index < count; index++)
                    list.Add((uint)Number(box[(wide + 2 + (index * wide))..], wide));
            }

            content = content[size..];
        }
    }

    private void TakePlaces(ReadOnlySpan<byte> content)
    {
        var version = content[0];
        var (offsetSize, lengthSize) = (content[4] >> 4, content[4] & 15);
        var (baseSize, indexSize) = (content[5] >> 4, version == 0 ? 0 : content[5] & 15);
        var idSize = version < 2 ? 2 : 4;
        var count = (int)Number(content[6..], idSize);
        content = content[(6 + idSize)..];
        for (var item = 0; item < count; item++)
        {
            var id = (uint)Number(content, idSize);
            content = content[idSize..];
            var isInner = version > 0 && (Number(content, 2) & 15) == 1;
            content = content[(version > 0 ? 4 : 2)..];
            var first = Number(content, baseSize);
            var extents = (int)Number(content[baseSize..], 2);
            content = content[(baseSize + 2)..];
            var list = _places[id] = [];
            for (var index = 0; index < extents; index++)
            {
                var start = first + Number(content[indexSize..], offsetSize);
                list.Add(new(start, Number(content[(indexSize + offsetSize)..], lengthSize), isInner));
                content = content[(indexSize + offsetSize + lengthSize)..];
            }
        }
    }

    private HeicPicture? Picture(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var type = _types.GetValueOrDefault(_primary);
        var (columns, rows) = (1, 1);
        List<uint> tiles = [_primary];
        if (type == "grid" && Content(file, _primary) is { Length: >= 8 } grid && _derivedFrom.TryGetValue(_primary, out var parts))
            (columns, rows, tiles) = (grid[3] + 1, grid[2] + 1, parts);
        if (tiles.Count != columns * rows || tiles.Count > MostTiles || tiles.Any(tile => _types.GetValueOrDefault(tile) != "hvc1"))
            return null;
        if (Property(_primary, "ispe") is not { Length: >= 12 } size || Property(tiles[0], "hvcC") is not { Length: > 23 } configuration)
            return null;
        var coded = new MemoryStream();
        var lengthSize = (configuration[21] & 3) + 1;
        AnnexB.WriteParameters(coded, configuration);
        foreach (var tile in tiles)
        {
            if (coded.Length > MostCodedBytes || Content(file, tile) is not { } units)
                return null;
            AnnexB.WriteUnits(coded, units, lengthSize);
        }

        var turns = Property(_primary, "irot") is { Length: > 0 } turn ? turn[0] & 3 : 0;
        bool? isMirrored = Property(_primary, "imir") is { Length: > 0 } mirror ? (mirror[0] & 1) == 0 : null;
        return new(
            (int)Number(size.AsSpan(4), 4), (int)Number(size.AsSpan(8), 4), columns, rows, turns, isMirrored, coded.ToArray());
    }

    private byte[]? Property(uint item, string type) => _properties.GetValueOrDefault(item)?
        .Where(index => index > 0 && index <= _all.Count && _all[index - 1].Type == type)
        .Select(index => _all[index - 1].Content)
        .FirstOrDefault();

    private byte[]? Content(Microsoft.Win32.SafeHandles.SafeFileHandle file, uint item)
    {
        if (!_places.TryGetValue(item, out var extents) || extents.Sum(extent => extent.Length) is <= 0 or > MostCodedBytes)
            return null;
        var content = new MemoryStream();
        foreach (var extent in extents)
        {
            var bytes = new byte[extent.Length];
            if (extent.IsInner)
                _inner.AsSpan((int)extent.Start, bytes.Length).CopyTo(bytes);
            else if (RandomAccess.Read(file, bytes, extent.Start) < bytes.Length)
                throw new EndOfStreamException();
            content.Write(bytes);
        }

        return content.ToArray();
    }

    private static long Number(ReadOnlySpan<byte> bytes, int size)
    {
        var value = 0L;
        foreach (var each in bytes[..size])
            value = (value << 8) | each;
        return value;
    }

    private readonly record struct Extent(long Start, long Length, bool IsInner);
}
