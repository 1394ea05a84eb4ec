using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Providers;

/// <summary>
/// The GPU answers no more: its driver reset it, or it was taken away. No request is at fault, and nothing runs on it again in this
/// process.
/// </summary>
public sealed class DeviceLostException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was lost.</param>
    /// <param name="innerException">What the run said that found it out.</param>
    public DeviceLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Tells a lost device from any other fault of a run.</summary>
    /// <exception cref="DeviceLostException">The device answers no more.</exception>
    internal static void ThrowIfLost(IDeviceProbe probe, OnnxRuntimeException error)
    {
        if (!probe.Answers()) throw new DeviceLostException($"The GPU is lost: {error.Message}", error);
    }
}
