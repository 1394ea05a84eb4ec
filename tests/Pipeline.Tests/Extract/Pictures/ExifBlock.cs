using System.Buffers.Binary;
using System.Text;

namespace Qwen35Batch.Pipeline.Tests.Extract.Pictures;

/// <summary>Writes Exif blocks by hand: directories of entries of 12 bytes, values behind them.</summary>
internal sealed class ExifBlock : IDisposable
{
    private const int Text = 2;
    private const int Long = 4;
    private const int Fraction = 5;
    private readonly MemoryStream _bytes = new();

    private ExifBlock() => _bytes.Write("II*\0\u0008\0\0\0"u8);

    public void Dispose() => _bytes.Dispose();

    /// <summary>A block as a camera writes it.</summary>
    public static byte[] Of(string maker, string model, string taken, string offset, (uint Degrees, uint Minutes, uint Seconds) north)
    {
        using var block = new ExifBlock();
        // The directories stand at fixed places with room for their values.
        block.Directory(8, (0x010F, Text, maker), (0x0110, Text, model), (0x8769, Long, 1000u), (0x8825, Long, 2000u));
        block.Directory(1000, (0x9003, Text, taken), (0x9011, Text, offset));
        uint[] east = [139, 1, 44, 1, 1, 1];
        block.Directory(
            2000,
            (0x0001, Text, "S"),
            (0x0002, Fraction, new[] { north.Degrees, 1u, north.Minutes, 1u, north.Seconds, 1u }),
            (0x0003, Text, "E"),
            (0x0004, Fraction, east),
            (0x0006, Fraction, new[] { 405u, 10u }));
        return block._bytes.ToArray();
    }

    /// <summary>A chain of directories, each within the one before.</summary>
    public static byte[] Nested(int count)
    {
        using var block = new ExifBlock();
        for (var number = 0; number < count; number++)
            block.Directory(8 + (number * 18), (0x014A, Long, (uint)(8 + ((number + 1) * 18))));
        return block._bytes.ToArray();
    }

    /// <summary>A directory that says that it has many entries, each of a great many values.</summary>
    public static byte[] Flood(ushort entries, uint values)
    {
        using var block = new ExifBlock();
        block._bytes.Position = 8;
        block.Number16(entries);
        for (var number = 0; number < entries; number++)
        {
            block.Number16(0x927C);
            block.Number16(number % 12);
            block.Number32(values);
            block.Number32(8);
        }

        return block._bytes.ToArray();
    }

    private void Directory(int at, params (int Tag, int Kind, object Value)[] entries)
    {
        var values = at + 2 + (entries.Length * 12) + 4;
        _bytes.Position = at;
        Number16(entries.Length);
        foreach (var (tag, kind, value) in entries)
        {
            var bytes = value switch
            {
                string text => Encoding.UTF8.GetBytes(text + "\0"),
                uint[] numbers => [.. numbers.SelectMany(BitConverter.GetBytes)],
                _ => BitConverter.GetBytes((uint)value),
            };
            Number16(tag);
            Number16(kind);
            Number32((uint)(kind == Text ? bytes.Length : kind == Fraction ? bytes.Length / 8 : 1));
            if (bytes.Length <= 4)
            {
                _bytes.Write([.. bytes, .. new byte[4 - bytes.Length]]);
                continue;
            }

            Number32((uint)values);
            var here = _bytes.Position;
            _bytes.Position = values;
            _bytes.Write(bytes);
            values += bytes.Length;
            _bytes.Position = here;
        }

        Number32(0);
        _bytes.Position = _bytes.Length;
    }

    private void Number16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        _bytes.Write(bytes);
    }

    private void Number32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.Write(bytes);
    }
}
