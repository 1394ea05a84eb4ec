using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>Logits on a device that can be lost.</summary>
/// <param name="kept">The logits; not disposed with this.</param>
/// <param name="probe">Held while the device computes, and asked after each failure.</param>
internal sealed class GuardedLogits(IKeptLogits kept, IDeviceProbe probe) : IKeptLogits
{
    public void Read(IReadOnlyList<BestLogits> rows)
    {
        lock (probe.Turn)
        {
            try
            {
                kept.Read(rows);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public void ReadWhole(int row, Span<float> logits)
    {
        lock (probe.Turn)
        {
            try
            {
                kept.ReadWhole(row, logits);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }
}
