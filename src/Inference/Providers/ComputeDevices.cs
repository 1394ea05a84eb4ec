using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Providers;

/// <summary>On what this machine can compute.</summary>
/// <param name="Version">ONNX Runtime's.</param>
/// <param name="Library">Its file; null for the one beside the program.</param>
/// <param name="Providers">Its providers, by the names that <c>Engine:ExecutionProvider</c> takes.</param>
/// <param name="Adapters">The GPUs of this machine.</param>
public sealed record ComputeDevices(
    string Version, string? Library, IReadOnlyList<ProviderState> Providers, IReadOnlyList<GpuAdapter> Adapters)
{
    /// <summary>Looks, without loading a model.</summary>
    /// <param name="library">Another ONNX Runtime; null for the one that was fetched for WebGPU, or else the program's own.</param>
    /// <exception cref="ExecutionProviderException">The library cannot be used; the message says what to do.</exception>
    public static ComputeDevices Look(string? library)
    {
        ExecutionProviders.Choose(new ExecutionProviderOptions { Provider = ExecutionProviders.WebGpu, RuntimeLibrary = library });
        Silence();
        var available = OrtEnv.Instance().GetAvailableProviders();
        return new ComputeDevices(
            RuntimeLibrary.LoadedVersion(),
            RuntimeLibrary.ChosenFile,
            [.. ExecutionProviders.Names(available).Select(State)],
            GpuAdapters.List());
    }

    /// <summary>A provider that cannot be used is told once, by the list: ONNX Runtime writes about it to the error stream.</summary>
    private static void Silence()
    {
        if (OrtEnv.IsCreated) return;
        var options = new EnvironmentCreationOptions { logId = nameof(ComputeDevices), logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        OrtEnv.CreateInstanceWithOptions(ref options);
    }

    private static ProviderState State(string provider)
    {
        try
        {
            ExecutionProviders.Check(new ExecutionProviderOptions { Provider = provider });
            return new ProviderState(provider, ExecutionProviders.GraphsOf(provider), null);
        }
        catch (ExecutionProviderException error)
        {
            return new ProviderState(provider, ExecutionProviders.GraphsOf(provider), error.Message);
        }
    }
}

/// <summary>A provider of the library in use.</summary>
/// <param name="Name">As <c>Engine:ExecutionProvider</c> takes it.</param>
/// <param name="Graphs">The kinds of graphs that it runs, the best first.</param>
/// <param name="Problem">Why it cannot be used on this machine; null when it can.</param>
public sealed record ProviderState(string Name, IReadOnlyList<GraphKind> Graphs, string? Problem);
