using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>A vision tower on a device that can be lost, which is then told apart from a picture that cannot be encoded.</summary>
/// <param name="encoder">The tower; disposed with this.</param>
/// <param name="probe">Held while the device computes, and asked after each failure; disposed with this.</param>
internal sealed class GuardedVisionEncoder(IVisionEncoder encoder, IDeviceProbe probe) : IVisionEncoder
{
    private readonly DeviceGuard _guard = new(probe);

    public IReadOnlyList<float[]> Encode(IReadOnlyList<VisionPatches> media) => _guard.Run(() => encoder.Encode(media));

    public void Dispose()
    {
        _guard.Run(encoder.Dispose);
        _guard.Dispose();
    }
}
