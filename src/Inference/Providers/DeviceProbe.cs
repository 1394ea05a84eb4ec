using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Providers;

/// <summary>
/// Finds out whether a run failed by its input or because the device is gone: a device that cannot even add is. What ONNX Runtime says of
/// a lost device differs by provider and version.
/// </summary>
internal sealed class DeviceProbe : IDeviceProbe
{
    private readonly InferenceSession _session;

    /// <exception cref="ExecutionProviderException">The device cannot be used.</exception>
    public DeviceProbe(ExecutionProviderOptions execution)
    {
        ExecutionProviders.Choose(execution);
        Turn = ExecutionProviders.TurnOf(execution.Provider);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        ExecutionProviders.Append(options, execution);
        try
        {
            _session = new InferenceSession(ProbeModel.Create(), options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ExecutionProviderException($"{execution.Provider} cannot be used on this machine: {error.Message}", error);
        }
    }

    public Lock Turn { get; }

    public bool Answers()
    {
        lock (Turn)
        {
            try
            {
                using var input = OrtValue.CreateTensorValueFromMemory([1.5f], [1]);
                using var run = new RunOptions();
                using var outputs = _session.Run(run, [ProbeModel.Input], [input], [ProbeModel.Output]);
                return outputs[0].GetTensorDataAsSpan<float>()[0] == 3f;
            }
            catch (OnnxRuntimeException)
            {
                return false;
            }
        }
    }

    public void Dispose() => _session.Dispose();
}
