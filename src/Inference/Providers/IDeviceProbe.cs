namespace Qwen35Batch.Inference.Providers;

/// <summary>Asks a device whether it is still there. A seam: a device cannot be lost on purpose in a test.</summary>
internal interface IDeviceProbe : IDisposable
{
    /// <summary>Whether the device still computes. Any thread may ask.</summary>
    bool Answers();
}
