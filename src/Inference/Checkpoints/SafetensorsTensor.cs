using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A tensor in a mapped file; valid while the <see cref="SafetensorsFile"/> is open.</summary>
internal sealed unsafe class SafetensorsTensor(string file, SafetensorsHeader.Entry entry, byte* data)
{
    public string File => file;

    public string Name => entry.Name;

    public TensorType Type => entry.Type;

    /// <summary>The type as the file names it.</summary>
    public string TypeName => entry.TypeName;

    public IReadOnlyList<long> Shape => entry.Shape;

    public long ByteLength => entry.ByteLength;

    public long Count { get; } = entry.Shape.Aggregate(1L, (count, dim) => count * dim);

    /// <summary>Raw bytes.</summary>
    public ReadOnlySpan<byte> Bytes(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, entry.ByteLength - count);
        return new ReadOnlySpan<byte>(data + start, count);
    }

    /// <summary>Reads elements of a BF16, F16 or F32 tensor, from element <paramref name="start"/> on.</summary>
    public void Read(long start, Span<float> destination)
    {
        switch (Type)
        {
            case TensorType.BF16:
                FloatConversion.FromBFloat16(MemoryMarshal.Cast<byte, ushort>(Bytes(start * 2, destination.Length * 2)), destination);
                break;
            case TensorType.F16:
                FloatConversion.FromHalf(MemoryMarshal.Cast<byte, Half>(Bytes(start * 2, destination.Length * 2)), destination);
                break;
            case TensorType.F32:
                Bytes(start * 4, destination.Length * 4).CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            default:
                throw Unsupported("BF16, F16 or F32");
        }
    }

    /// <summary>Reads a whole small tensor.</summary>
    public float[] ReadFloats()
    {
        var values = new float[checked((int)Count)];
        Read(0, values);
        return values;
    }

    /// <summary>Reads a whole small tensor of I32 or I64.</summary>
    public int[] ReadIntegers()
    {
        var count = checked((int)Count);
        return Type switch
        {
            TensorType.I32 => MemoryMarshal.Cast<byte, int>(Bytes(0, count * 4)).ToArray(),
            TensorType.I64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(Bytes(0, count * 8)).ToArray(), value => checked((int)value)),
            _ => throw Unsupported("I32 or I64"),
        };
    }

    public ModelFormatException Unsupported(string supported) => new($"{File}: tensor {Name} is {TypeName}, but must be {supported}.");
}
