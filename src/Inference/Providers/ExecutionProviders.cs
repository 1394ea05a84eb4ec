using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Kernels.Operators;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Providers;

/// <summary>ONNX Runtime's execution providers: those of this build, and plug-in libraries.</summary>
internal static class ExecutionProviders
{
    private const string DirectMLName = "DmlExecutionProvider";
    private const string CudaName = "CUDAExecutionProvider";

    /// <summary>What the settings call the provider for all GPUs.</summary>
    public const string WebGpu = nameof(Kind.WebGpu);

    private static readonly Lock Registration = new();

    /// <summary>Sessions of ONNX Runtime 1.30's WebGPU provider share a device whose caches two threads must not use at once.</summary>
    private static readonly Lock WebGpuTurn = new();

    /// <summary>What each library that was registered offers, by its path. A process can register a library only once.</summary>
    private static readonly Dictionary<string, OrtEpDevice> Libraries = new(StringComparer.Ordinal);

    private enum Kind
    {
        Cpu,
        DirectML,
        Cuda,
        WebGpu,
        Library,
    }

    /// <summary>Checks that a provider can be used, without loading a model.</summary>
    /// <exception cref="ExecutionProviderException">It cannot; the message says what to do.</exception>
    public static void Check(ExecutionProviderOptions execution)
    {
        if (!string.IsNullOrWhiteSpace(execution.Device) && KindOf(execution.Provider) != Kind.WebGpu)
        {
            throw new ExecutionProviderException(
                $"Engine:Device is {execution.Device}, but the provider {execution.Provider} takes no GPU by name. Set "
                    + $"Engine:ExecutionProvider to WebGpu (--provider WebGpu), or leave Engine:Device empty.");
        }

        Choose(execution);
        using var session = new SessionOptions();
        Append(session, execution);
    }

    /// <summary>Checks that a provider has the operators of a model's graphs, and can be used.</summary>
    /// <param name="execution">The provider.</param>
    /// <param name="folder">The model folder, for the message.</param>
    /// <param name="graph">Null for a model that another tool exported: nothing is known of it.</param>
    /// <exception cref="ExecutionProviderException">It has not, or it cannot; the message says what to do.</exception>
    public static void Check(ExecutionProviderOptions execution, string folder, GraphKind? graph)
    {
        var provider = execution.Provider;
        if (graph == GraphKind.Fused && KindOf(provider) == Kind.DirectML)
        {
            throw new ExecutionProviderException(
                $"{folder} cannot run on DirectML, which lacks the operators of its fused graphs. Convert the checkpoint again with "
                    + $"--graph portable, or choose the provider Cpu.");
        }

        if (graph == GraphKind.Cpu && KindOf(provider) != Kind.Cpu)
        {
            throw new ExecutionProviderException(
                $"{folder} cannot run on {provider}: its graphs were converted for the CPU. Convert the checkpoint again with --graph "
                    + $"{GraphFor(provider).ToString().ToLowerInvariant()}, or choose the provider Cpu.");
        }

        if (graph == GraphKind.Gpu && KindOf(provider) is not (Kind.WebGpu or Kind.Cpu))
        {
            throw new ExecutionProviderException(
                $"{folder} cannot run on {provider}: its graphs were converted for WebGpu. Convert the checkpoint again with --graph "
                    + $"{GraphFor(provider).ToString().ToLowerInvariant()}, or choose the provider WebGpu.");
        }

        Check(execution);
    }

    /// <summary>The settings' names of providers that a library has; those that the engine knows nothing of are left out.</summary>
    /// <param name="available">By ONNX Runtime's names.</param>
    public static IEnumerable<string> Names(IEnumerable<string> available) => available
        .Select(name => name switch
        {
            "CPUExecutionProvider" => Kind.Cpu,
            WebGpuProvider.Name => Kind.WebGpu,
            DirectMLName => Kind.DirectML,
            CudaName => Kind.Cuda,
            _ => (Kind?)null,
        })
        .OfType<Kind>()
        .Order()
        .Select(kind => kind.ToString());

    /// <summary>The kinds of graphs that a provider runs, the best first.</summary>
    public static IReadOnlyList<GraphKind> GraphsOf(string provider) => KindOf(provider) switch
    {
        Kind.Cpu => [GraphKind.Cpu, GraphKind.Fused, GraphKind.Portable, GraphKind.Gpu],
        Kind.WebGpu => [GraphKind.Gpu, GraphKind.Fused, GraphKind.Portable],
        Kind.Cuda => [GraphKind.Fused, GraphKind.Portable],
        _ => [GraphKind.Portable],
    };

    /// <summary>Whether a provider computes on a device of its own, and not on the CPU.</summary>
    public static bool IsDevice(string provider) => KindOf(provider) != Kind.Cpu;

    /// <summary>The GPU that a model would run on; null for the CPU, and for providers whose GPU is not known.</summary>
    /// <exception cref="ExecutionProviderException">The setting means no GPU; the message lists them.</exception>
    public static GpuAdapter? DeviceOf(ExecutionProviderOptions execution)
    {
        Choose(execution);
        return KindOf(execution.Provider) == Kind.WebGpu ? GpuAdapters.Choose(GpuAdapters.List(), execution.Device) : null;
    }

    /// <summary>Whether a model that can be multiplied in 16 bits shall be.</summary>
    public static bool WantsHalf(ExecutionProviderOptions execution) =>
        execution.HalfPrecision ?? DeviceOf(execution)?.HasHalf ?? false;

    /// <summary>Settles which ONNX Runtime this process uses, before the first call: only some have WebGpu.</summary>
    /// <exception cref="ExecutionProviderException">The library cannot be used; the message says what to do.</exception>
    public static void Choose(ExecutionProviderOptions execution)
    {
        var file = execution.RuntimeLibrary;
        if (string.IsNullOrEmpty(file) && KindOf(execution.Provider) == Kind.WebGpu && RuntimeLibrary.IsOpen) file = FetchedRuntime.Find();
        RuntimeLibrary.Use(file);
    }

    /// <summary>What a checkpoint is converted to when nobody says.</summary>
    public static GraphKind GraphFor(string provider) => GraphsOf(provider)[0];

    /// <summary>What a thread must hold while a session of the provider runs, or its memory is freed.</summary>
    public static Lock TurnOf(string provider) => KindOf(provider) == Kind.WebGpu ? WebGpuTurn : new Lock();

    /// <summary>ONNX Runtime's name for the memory of a provider's device.</summary>
    public static string MemoryOf(string provider) => KindOf(provider) == Kind.WebGpu ? WebGpuProvider.MemoryName : "Cpu";

    /// <param name="session">What the provider is added to.</param>
    /// <param name="execution">The provider.</param>
    /// <param name="nodesOnCpu">Nodes of the graph that a GPU's provider leaves to the CPU.</param>
    /// <exception cref="ExecutionProviderException">The provider cannot be used; the message says what to do.</exception>
    public static void Append(SessionOptions session, ExecutionProviderOptions execution, params string[] nodesOnCpu)
    {
        switch (KindOf(execution.Provider))
        {
            case Kind.Cpu:
                CpuOperators.Register(session);
                break;
            case Kind.DirectML:
                Require(DirectMLName, "DirectML", "on Windows");
                session.EnableMemoryPattern = false;
                Try(() => session.AppendExecutionProvider_DML(), "DirectML", "a GPU with a driver for DirectX 12");
                break;
            case Kind.Cuda:
                Require(CudaName, "Cuda", "on a machine with CUDA 13");
                Try(
                    () => session.AppendExecutionProvider_CUDA(),
                    "Cuda",
                    "an NVIDIA GPU with its driver, and the libraries of CUDA 13 and cuDNN 9 where programs look for them "
                        + "(LD_LIBRARY_PATH, or PATH on Windows)");
                break;
            case Kind.WebGpu:
                WebGpuProvider.Append(session, execution.Device, nodesOnCpu);
                break;
            default:
                AppendLibrary(session, execution.Provider);
                break;
        }
    }

    private static Kind KindOf(string provider) => provider.ToUpperInvariant() switch
    {
        "CPU" => Kind.Cpu,
        "DIRECTML" => Kind.DirectML,
        "CUDA" => Kind.Cuda,
        "WEBGPU" => Kind.WebGpu,
        _ => Kind.Library,
    };

    private static void Require(string name, string flavour, string where)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(name))
        {
            throw new ExecutionProviderException(
                $"This build has no {flavour} execution provider. Build with -p:OnnxRuntime={flavour} {where}, or give the path of a "
                    + $"plug-in provider library, or use Cpu.");
        }
    }

    /// <summary>A build can have a provider that its machine cannot load.</summary>
    private static void Try(Action append, string flavour, string needs)
    {
        try
        {
            append();
        }
        catch (OnnxRuntimeException error)
        {
            throw new ExecutionProviderException(
                $"{flavour} cannot be used on this machine: {Reason(error)} It needs {needs}; or choose the provider Cpu.", error);
        }
    }

    /// <summary>What went wrong, without the library's own names for it and for the places in its source.</summary>
    internal static string Reason(Exception error)
    {
        var message = error.Message.Trim();
        var told = message.LastIndexOf("was false. ", StringComparison.Ordinal);
        if (told >= 0) message = message[(told + "was false. ".Length)..];
        if (message.StartsWith("[ErrorCode:", StringComparison.Ordinal))
            message = message[(message.IndexOf(']', StringComparison.Ordinal) + 1)..];
        return message.Trim().TrimEnd('.') + ".";
    }

    private static void AppendLibrary(SessionOptions session, string library)
    {
        if (!File.Exists(library))
        {
            throw new ExecutionProviderException(
                $"The execution provider \"{library}\" is neither Cpu, WebGpu, DirectML nor Cuda, "
                    + "nor an existing plug-in provider library.");
        }

        try
        {
            session.AppendExecutionProvider(OrtEnv.Instance(), [DeviceOf(Path.GetFullPath(library))], new Dictionary<string, string>());
        }
        catch (OnnxRuntimeException error)
        {
            throw new ExecutionProviderException($"The plug-in provider library {library} cannot be used: {error.Message}", error);
        }
    }

    /// <summary>The first device that was not there before the library was registered: a library names its provider itself.</summary>
    private static OrtEpDevice DeviceOf(string library)
    {
        lock (Registration)
        {
            if (!Libraries.TryGetValue(library, out var device))
            {
                var environment = OrtEnv.Instance();
                var before = environment.GetEpDevices().Select(other => other.EpName).ToHashSet(StringComparer.Ordinal);
                environment.RegisterExecutionProviderLibrary(library, library);
                device = environment.GetEpDevices().FirstOrDefault(other => !before.Contains(other.EpName));
                if (device is null)
                {
                    environment.UnregisterExecutionProviderLibrary(library);
                    throw new ExecutionProviderException($"The plug-in provider library {library} finds no device on this machine.");
                }

                Libraries.Add(library, device);
            }

            return device;
        }
    }
}
