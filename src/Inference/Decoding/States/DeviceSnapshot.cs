namespace Qwen35Batch.Inference.Decoding.States;

/// <summary>A sequence's states in memory of the device of their own, caches cut to the sequence's length.</summary>
/// <param name="owner">The model that it is of: another one's states have other shapes.</param>
/// <param name="turn">Held while the memory is freed.</param>
internal sealed class DeviceSnapshot(object owner, Lock turn, int length, DeviceStates states) : ISequenceSnapshot
{
    public int Length => length;

    public long Bytes => states.Bytes;

    public object Owner => owner;

    public DeviceStates States => states;

    public void Dispose()
    {
        lock (turn)
        {
            states.Dispose();
        }
    }
}
