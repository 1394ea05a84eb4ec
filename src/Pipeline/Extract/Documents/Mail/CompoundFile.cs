using System.Buffers.Binary;
using System.Text;

namespace Qwen35Batch.Pipeline.Extract.Documents.Mail;

/// <summary>
/// Reads Microsoft's compound file: a small file system of storages and streams. Every chain is bounded by the file's size.
/// </summary>
internal sealed class CompoundFile : IDisposable
{
    private const uint LastSector = 0xFFFFFFFA;
    private const int HeaderBytes = 512;
    private const int EntryBytes = 128;
    private const int MaxEntries = 100_000;
    private const int MaxSectors = 1 << 22;

    private readonly Stream _file;
    private readonly long _sectors;
    private readonly int _sector;
    private readonly int _smallSector;
    private readonly uint _smallStreams;
    private readonly uint[] _next;
    private readonly uint[] _nextSmall;
    private readonly List<Entry> _entries = [];
    private readonly byte[] _small;

    /// <param name="file">The file; it is closed with this.</param>
    /// <exception cref="InvalidDataException">It is no such file, or damaged.</exception>
    public CompoundFile(Stream file)
    {
        _file = file;
        var header = new byte[HeaderBytes];
        _file.ReadExactly(header);
        var shift = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30));
        var smallShift = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
        if (shift is not (9 or 12) || smallShift is < 4 or > 9)
            throw new InvalidDataException("its sectors have no known size");
        _sector = 1 << shift;
        _sectors = _file.Length / _sector;
        _smallSector = 1 << smallShift;
        _smallStreams = Word(header, 56);
        _next = Table(TableSectors(header));
        _nextSmall = Table(Chain(Word(header, 60), _next));
        var directory = Bytes(Chain(Word(header, 48), _next));
        for (var at = 0; at + EntryBytes <= directory.Length && _entries.Count < MaxEntries; at += EntryBytes)
            _entries.Add(new(directory.AsSpan(at, EntryBytes)));
        if (_entries.Count == 0)
            throw new InvalidDataException("it has no directory");
        _small = Bytes(Chain(_entries[0].Start, _next));
    }

    /// <summary>The entries in a storage, by their numbers; the root is 0.</summary>
    public IReadOnlyList<(int Number, string Name)> Children(int storage)
    {
        var found = new List<(int, string)>();
        var seen = new HashSet<uint>();
        var open = new Stack<uint>([_entries[storage].Child]);
        while (open.TryPop(out var number))
        {
            if (number >= _entries.Count || !seen.Add(number))
                continue;
            var entry = _entries[(int)number];
            found.Add(((int)number, entry.Name));
            open.Push(entry.Left);
            open.Push(entry.Right);
        }

        return found;
    }

    /// <summary>A stream's length in bytes, as its entry says.</summary>
    public long LengthOf(int number) => (long)_entries[number].Length;

    /// <summary>A stream's content, up to a number of bytes.</summary>
    public byte[] Read(int number, int most)
    {
        var entry = _entries[number];
        var length = (int)Math.Min((ulong)most, entry.Length);
        if (entry.Length >= _smallStreams)
        {
            return Bytes(Chain(entry.Start, _next).Take((length / _sector) + 1)).AsSpan() is var whole
                ? whole[..Math.Min(length, whole.Length)].ToArray()
                : [];
        }

        using var content = new MemoryStream();
        foreach (var sector in Chain(entry.Start, _nextSmall))
        {
            var at = (long)sector * _smallSector;
            if (content.Length >= length || at + _smallSector > _small.Length)
                break;
            content.Write(_small, (int)at, _smallSector);
        }

        return content.ToArray().AsSpan(0, (int)Math.Min(length, content.Length)).ToArray();
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<uint> TableSectors(byte[] header)
    {
        var sectors = new List<uint>();
        for (var at = 76; at < HeaderBytes; at += 4)
            sectors.Add(Word(header, at));
        var more = Word(header, 68);
        for (var round = 0; more < LastSector && round <= _sectors; round++)
        {
            var block = Sector(more);
            for (var at = 0; at < _sector - 4; at += 4)
                sectors.Add(Word(block, at));
            more = Word(block, _sector - 4);
        }

        return sectors.Where(sector => sector < LastSector);
    }

    private uint[] Table(IEnumerable<uint> sectors)
    {
        var table = new List<uint>();
        foreach (var sector in sectors)
        {
            if (table.Count > MaxSectors || table.Count / (_sector / 4) > _sectors)
                throw new InvalidDataException("its table of sectors is too long");
            var block = Sector(sector);
            for (var at = 0; at < _sector; at += 4)
                table.Add(Word(block, at));
        }

        return [.. table];
    }

    private static IEnumerable<uint> Chain(uint start, uint[] next)
    {
        var left = next.Length;
        for (var sector = start; sector < LastSector && sector < next.Length; sector = next[sector])
        {
            if (left-- == 0)
                throw new InvalidDataException("a chain of its sectors has no end");
            yield return sector;
        }
    }

    private byte[] Bytes(IEnumerable<uint> sectors)
    {
        using var content = new MemoryStream();
        foreach (var sector in sectors)
            content.Write(Sector(sector));
        return content.ToArray();
    }

    private byte[] Sector(uint number)
    {
        if (number > _sectors)
            throw new InvalidDataException("it breaks off");
        var block = new byte[_sector];
        _file.Seek((number + 1L) * _sector, SeekOrigin.Begin);
        _file.ReadAtLeast(block, _sector, throwOnEndOfStream: false);
        return block;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private readonly struct Entry(ReadOnlySpan<byte> bytes)
    {
        public readonly string Name = Encoding.Unicode.GetString(bytes[..64]).Split('\0')[0];
        public readonly uint Left = Word(bytes, 68);
        public readonly uint Right = Word(bytes, 72);
        public readonly uint Child = Word(bytes, 76);
        public readonly uint Start = Word(bytes, 116);
        public readonly ulong Length = BinaryPrimitives.ReadUInt64LittleEndian(bytes[120..]) & 0x7FFFFFFF;
    }
}
