using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// Calls to a device that can be lost, one at a time. After a failure the device is asked whether it is still there, so that its loss is
/// told apart from a request that cannot be computed.
/// </summary>
/// <param name="probe">Held while the device computes, and asked after each failure; disposed with this.</param>
internal sealed class DeviceGuard(IDeviceProbe probe) : IDisposable
{
    /// <exception cref="DeviceLostException">The call failed, and the device answers no more.</exception>
    public void Run(Action call) => Run(call, static call => call());

    /// <inheritdoc cref="Run(Action)"/>
    public T Run<T>(Func<T> call)
    {
        T result = default!;

        // With braces: an expression would be a function, too.
        Run(() =>
        {
            result = call();
        });
        return result;
    }

    /// <param name="arguments">What a closure cannot hold, such as a span.</param>
    /// <param name="call">Given the arguments.</param>
    /// <inheritdoc cref="Run(Action)"/>
    public void Run<T>(T arguments, Action<T> call)
        where T : allows ref struct
    {
        lock (probe.Turn)
        {
            try
            {
                call(arguments);
            }
            catch (OnnxRuntimeException error)
            {
                DeviceLostException.ThrowIfLost(probe, error);
                throw;
            }
        }
    }

    public void Dispose() => probe.Dispose();
}
