using Microsoft.ML.OnnxRuntime;

namespace Qwen35Batch.Inference.Providers;

/// <summary>ONNX Runtime's provider for the GPUs of all makers: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS.</summary>
internal static class WebGpuProvider
{
    /// <summary>What the provider calls itself in a list of providers.</summary>
    public const string Name = "WebGpuExecutionProvider";

    /// <summary>What it is called when it is appended.</summary>
    private const string AppendName = "WebGPU";

    /// <exception cref="ExecutionProviderException">The library lacks it, or it finds no GPU; the message says what to do.</exception>
    public static void Append(SessionOptions session)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(Name))
        {
            throw new ExecutionProviderException(
                $"The ONNX Runtime {RuntimeLibrary.LoadedVersion()} in use has no WebGpu execution provider. Fetch one that has with "
                    + $"'tools/setup.sh webgpu', and name it with Engine:RuntimeLibrary; or choose the provider Cpu.");
        }

        // The default takes what saves power: the processor's own graphics where there is also a card.
        var options = new Dictionary<string, string> { ["powerPreference"] = "high-performance" };
        try
        {
            session.AppendExecutionProvider(AppendName, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ExecutionProviderException(
                $"WebGpu cannot be used on this machine: {error.Message}. It needs a GPU with its driver; or choose the provider Cpu.", error);
        }
    }
}
