namespace Qwen35Batch.Inference.Checkpoints;

/// <summary>A tensor in a mapped file; valid while the <see cref="SafetensorsFile"/> is open.</summary>
internal sealed unsafe class SafetensorsTensor(string file, SafetensorsHeader.Entry entry, byte* data)
    : CheckpointTensor(file, entry.Name, entry.Type, entry.TypeName, entry.Shape, entry.ByteLength)
{
    public override ReadOnlySpan<byte> Bytes(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, ByteLength - count);
        return new ReadOnlySpan<byte>(data + start, count);
    }
}
