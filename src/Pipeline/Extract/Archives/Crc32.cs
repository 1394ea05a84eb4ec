namespace Qwen35Batch.Pipeline.Extract.Archives;

/// <summary>The check sum of ZIP (ISO 3309).</summary>
internal sealed class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(number => Remainder((uint)number))];
    private uint _remainder = uint.MaxValue;

    /// <summary>The sum of what was added.</summary>
    public uint Value => ~_remainder;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            _remainder = Table[(byte)(_remainder ^ value)] ^ (_remainder >> 8);
    }

    private static uint Remainder(uint number)
    {
        for (var bit = 0; bit < 8; bit++)
            number = (number & 1) == 1 ? (number >> 1) ^ Polynomial : number >> 1;
        return number;
    }
}
