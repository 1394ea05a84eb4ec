namespace Qwen35Batch.Inference.Providers;

/// <summary>Asks a device whether it is still there. A seam: a device cannot be lost on purpose in a test.</summary>
internal interface IDeviceProbe : IDisposable
{
    /// <summary>What a thread holds while it uses the device: not every provider lets two do so.</summary>
    Lock Turn { get; }

    /// <summary>Whether the device still computes. Any thread may ask.</summary>
    bool Answers();
}
