using System.Runtime.InteropServices;

namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A tensor whose values are drawn when they are read, the same ones every time: a checkpoint of any size takes no room.</summary>
/// <param name="repeats">Whether a piece of them is to do for the whole, which is much faster.</param>
internal sealed class RandomTensor(string source, TensorShape tensor, TensorType type, int seed, bool repeats)
    : CheckpointTensor(
        source, tensor.Name, type, type.ToString(), tensor.Shape, tensor.Count * (type == TensorType.F32 ? sizeof(float) : sizeof(ushort)))
{
    private readonly RandomWeights _weights = new(tensor.Name, seed);

    public override bool Repeats => repeats;

    public override ReadOnlySpan<byte> Bytes(long start, int count)
    {
        var size = Type == TensorType.F32 ? sizeof(float) : sizeof(ushort);
        var first = start / size;
        var values = new float[checked((int)(((start + count + size - 1) / size) - first))];
        _weights.Fill(first, values);
        return Encode(values).Slice((int)(start - (first * size)), count);
    }

    private Span<byte> Encode(float[] values)
    {
        if (Type == TensorType.F32)
        {
            return MemoryMarshal.AsBytes(values.AsSpan());
        }

        var rounded = new ushort[values.Length];
        FloatConversion.ToBFloat16(values, rounded);
        return MemoryMarshal.AsBytes(rounded.AsSpan());
    }
}
