namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>A slot's states one after the other, caches cut to the sequence's length.</summary>
internal sealed class SequenceSnapshot(object owner, int length, long floats) : ISequenceSnapshot
{
    public int Length => length;

    public long Bytes => Data.Bytes;

    /// <summary>The model that it is of: another one's states have other shapes.</summary>
    public object Owner => owner;

    public NativeBuffer Data { get; } = new(floats);

    public void Dispose() => Data.Dispose();
}
