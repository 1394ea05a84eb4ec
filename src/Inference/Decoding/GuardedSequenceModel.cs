using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>A decoder on a device that can be lost, which is then told apart from a request that cannot be computed.</summary>
/// <param name="model">The decoder; disposed with this.</param>
/// <param name="probe">Held while the device computes, and asked after each failure; disposed with this.</param>
internal sealed class GuardedSequenceModel(ISequenceModel model, IDeviceProbe probe) : ISequenceModel
{
    public int Slots => model.Slots;

    public int MaxLength => model.MaxLength;

    public int VocabularySize => model.VocabularySize;

    public int HiddenSize => model.HiddenSize;

    public long BytesPerSlot => model.BytesPerSlot;

    public bool HasIndependentRows => model.HasIndependentRows;

    public DeviceTraffic? Traffic => model.Traffic;

    public IKeptLogits? Kept { get; } = model.Kept is { } kept ? new GuardedLogits(kept, probe) : null;

    public void Prefill(PrefillChunk chunk, Span<float> logits)
    {
        lock (probe.Turn)
        {
            try
            {
                model.Prefill(chunk, logits);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits)
    {
        lock (probe.Turn)
        {
            try
            {
                model.Decode(tokens, past, positions, logits);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public void CopySlot(int from, int to, int length)
    {
        lock (probe.Turn)
        {
            try
            {
                model.CopySlot(from, to, length);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public ISequenceSnapshot Save(int slot, int length)
    {
        lock (probe.Turn)
        {
            try
            {
                return model.Save(slot, length);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public void Restore(ISequenceSnapshot snapshot, int slot)
    {
        lock (probe.Turn)
        {
            try
            {
                model.Restore(snapshot, slot);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (probe.Turn)
        {
            model.Dispose();
            probe.Dispose();
        }
    }
}
