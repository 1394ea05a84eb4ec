using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>A vision tower on a device that can be lost, which is then told apart from a picture that cannot be encoded.</summary>
/// <param name="encoder">The tower; disposed with this.</param>
/// <param name="probe">Held while the device computes, and asked after each failure; disposed with this.</param>
internal sealed class GuardedVisionEncoder(IVisionEncoder encoder, IDeviceProbe probe) : IVisionEncoder
{
    public IReadOnlyList<float[]> Encode(IReadOnlyList<VisionPatches> media)
    {
        lock (probe.Turn)
        {
            try
            {
                return encoder.Encode(media);
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
            encoder.Dispose();
            probe.Dispose();
        }
    }
}
