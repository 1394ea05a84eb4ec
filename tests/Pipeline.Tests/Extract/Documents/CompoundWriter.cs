using System.Buffers.Binary;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Extract.Documents;

/// <summary>Writes Microsoft's compound file: small streams in the root's own stream, large ones in sectors.</summary>
internal sealed class CompoundWriter
{
    private const int Sector = 512;
    private const int SmallSector = 64;
    private const int SmallStreams = 4096;
    private const uint End = 0xFFFFFFFE;
    private const uint Free = 0xFFFFFFFF;

    private readonly List<Entry> _entries = [new("Root Entry", null, 5)];
    private readonly List<byte> _sectors = [];
    private readonly List<uint> _next = [];
    private readonly List<byte> _small = [];
    private readonly List<uint> _nextSmall = [];

    /// <summary>Adds a storage and gives its number.</summary>
    /// <param name="parent">The number of the storage that it stands in; 0 for the root.</param>
    /// <param name="name">Its name.</param>
    public int Storage(int parent, string name) => Add(parent, new(name, null, 1));

    /// <summary>Adds a stream.</summary>
    public void Stream(int parent, string name, byte[] content) => Add(parent, new(name, content, 2));

    /// <summary>Adds a stream of text in UTF-16.</summary>
    public void Text(int parent, string field, string text) =>
        Stream(parent, $"__substg1.0_{field}001F", Encoding.Unicode.GetBytes(text));

    /// <summary>The file.</summary>
    public byte[] ToArray()
    {
        foreach (var entry in _entries.Where(entry => entry.Content is not null))
        {
            entry.Start = entry.Content!.Length < SmallStreams
                ? Put(_small, _nextSmall, entry.Content, SmallSector)
                : Put(_sectors, _next, entry.Content, Sector);
        }

        var root = _entries[0];
        root.Content = [.. _small];
        root.Start = Put(_sectors, _next, root.Content, Sector);
        var smallTable = Put(_sectors, _next, Words(_nextSmall), Sector);
        var directory = Put(_sectors, _next, [.. _entries.SelectMany(Bytes)], Sector);
        // The table's own sectors are marked in it.
        var table = _next.Count;
        var sectors = (table / ((Sector / 4) - 1)) + 1;
        var content = Words([.. _next, .. Enumerable.Repeat(0xFFFFFFFD, sectors)]);
        Array.Resize(ref content, sectors * Sector);
        content.AsSpan((table + sectors) * 4).Fill(0xFF);
        return [.. Head(sectors, table, directory, smallTable), .. _sectors, .. content];
    }

    private static byte[] Head(int sectors, int table, uint directory, uint smallTable)
    {
        var head = new byte[Sector];
        new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1 }.CopyTo(head, 0);
        Word(head, 24, 0x0003003E);
        Word(head, 28, 0x0009FFFE);
        Word(head, 32, 6);
        Word(head, 44, (uint)sectors);
        Word(head, 48, directory);
        Word(head, 56, SmallStreams);
        Word(head, 60, smallTable);
        Word(head, 64, 1);
        Word(head, 68, End);
        for (var place = 0; place < 109; place++)
            Word(head, 76 + (place * 4), place < sectors ? (uint)(table + place) : Free);
        return head;
    }

    private int Add(int parent, Entry entry)
    {
        _entries.Add(entry);
        var number = _entries.Count - 1;
        // Siblings hang to the right of each other: a tree that is not balanced is a tree.
        (entry.Right, _entries[parent].Child) = (_entries[parent].Child, (uint)number);
        return number;
    }

    private static uint Put(List<byte> target, List<uint> next, byte[] content, int size)
    {
        if (content.Length == 0)
            return End;
        var first = next.Count;
        var count = (content.Length + size - 1) / size;
        target.AddRange(content);
        target.AddRange(new byte[(count * size) - content.Length]);
        for (var number = 1; number <= count; number++)
            next.Add(number == count ? End : (uint)(first + number));
        return (uint)first;
    }

    private static byte[] Words(List<uint> words)
    {
        var bytes = new byte[words.Count * 4];
        for (var number = 0; number < words.Count; number++)
            Word(bytes, number * 4, words[number]);
        return bytes;
    }

    private static byte[] Bytes(Entry entry)
    {
        var bytes = new byte[128];
        Encoding.Unicode.GetBytes(entry.Name).CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(64), (ushort)((entry.Name.Length + 1) * 2));
        bytes[66] = entry.Kind;
        Word(bytes, 68, Free);
        Word(bytes, 72, entry.Right);
        Word(bytes, 76, entry.Child);
        Word(bytes, 116, entry.Start);
        Word(bytes, 120, (uint)(entry.Content?.Length ?? 0));
        return bytes;
    }

    private static void Word(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private sealed class Entry(string name, byte[]? content, byte kind)
    {
        public string Name => name;

        public byte Kind => kind;

        public byte[]? Content { get; set; } = content;

        public uint Start { get; set; } = End;

        public uint Right { get; set; } = Free;

        public uint Child { get; set; } = Free;
    }
}
