using System.Buffers.Binary;

namespace Qwen35Batch.Pipeline.Extract.Pictures;

/// <summary>Writes HEVC as a stream of units behind start codes, as a decoder takes it.</summary>
internal static class AnnexB
{
    private const int FirstArray = 22;

    private static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <summary>The parameter sets of a decoder's configuration (<c>hvcC</c>).</summary>
    public static void WriteParameters(Stream target, ReadOnlySpan<byte> configuration)
    {
        var arrays = configuration[FirstArray];
        var at = FirstArray + 1;
        for (var array = 0; array < arrays; array++)
        {
            var count = BinaryPrimitives.ReadUInt16BigEndian(configuration[(at + 1)..]);
            at += 3;
            for (var unit = 0; unit < count; unit++)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(configuration[at..]);
                target.Write(StartCode);
                target.Write(configuration.Slice(at + 2, length));
                at += 2 + length;
            }
        }
    }

    /// <summary>Units with their lengths before them.</summary>
    public static void WriteUnits(Stream target, ReadOnlySpan<byte> units, int lengthSize)
    {
        while (units.Length > lengthSize)
        {
            var length = 0;
            foreach (var each in units[..lengthSize])
                length = checked((length << 8) | each);
            target.Write(StartCode);
            target.Write(units.Slice(lengthSize, Math.Min(length, units.Length - lengthSize)));
            units = units[Math.Min(units.Length, lengthSize + length)..];
        }
    }
}
