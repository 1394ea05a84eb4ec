using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A tensor of a <see cref="Checkpoint"/>; valid while that is open.</summary>
/// <param name="file">Where it is, for messages.</param>
/// <param name="name">Its name.</param>
/// <param name="type">The type of its elements.</param>
/// <param name="typeName">The type as the file names it.</param>
/// <param name="shape">Its dimensions.</param>
/// <param name="byteLength">The length of all elements.</param>
internal abstract class CheckpointTensor(
    string file, string name, TensorType type, string typeName, IReadOnlyList<long> shape, long byteLength)
{
    public string File => file;

    public string Name => name;

    public TensorType Type => type;

    /// <summary>The type as the file names it.</summary>
    public string TypeName => typeName;

    public IReadOnlyList<long> Shape => shape;

    public long ByteLength => byteLength;

    public long Count { get; } = shape.Aggregate(1L, (count, dim) => count * dim);

    /// <summary>Whether any of its values do for all, so that a conversion need not draw and round each.</summary>
    public virtual bool Repeats => false;

    /// <summary>Raw bytes.</summary>
    public abstract ReadOnlySpan<byte> Bytes(long start, int count);

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
