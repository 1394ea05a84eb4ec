using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Kernels;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>Loads graphs on the execution provider that was asked for.</summary>
internal static class OnnxSessions
{
    private const string DirectMLName = "DmlExecutionProvider";
    private const string CudaName = "CUDAExecutionProvider";

    /// <exception cref="ModelFormatException">The graph cannot be loaded.</exception>
    /// <exception cref="InvalidOperationException">The provider is not in this build; the message says what to do.</exception>
    public static InferenceSession Load(string file, ExecutionProviderOptions options)
    {
        using var session = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        AppendProvider(session, options.Provider);
        try
        {
            return new InferenceSession(file, session);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelFormatException($"{file} cannot be loaded: {error.Message}", error);
        }
    }

    /// <summary>Whether a provider is ONNX Runtime's own for the CPU.</summary>
    public static bool IsCpu(string provider) => provider.Equals("Cpu", StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks that a provider can be used, without loading a model.</summary>
    /// <exception cref="InvalidOperationException">It cannot; the message says what to do.</exception>
    public static void CheckProvider(string provider)
    {
        using var session = new SessionOptions();
        AppendProvider(session, provider);
    }

    private static void AppendProvider(SessionOptions session, string provider)
    {
        switch (provider.ToUpperInvariant())
        {
            case "CPU":
                CpuOperators.Register(session);
                break;
            case "DIRECTML":
                Require(DirectMLName, "DirectML", "on Windows");
                session.EnableMemoryPattern = false;
                session.AppendExecutionProvider_DML();
                break;
            case "CUDA":
                Require(CudaName, "Cuda", "on a machine with CUDA 12 or later");
                session.AppendExecutionProvider_CUDA();
                break;
            default:
                AppendLibrary(session, provider);
                break;
        }
    }

    private static void Require(string name, string flavour, string where)
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(name))
        {
            throw new InvalidOperationException(
                $"This build has no {flavour} execution provider. Build with -p:OnnxRuntime={flavour} {where}, or give the path of a plug-in provider library, or use Cpu.");
        }
    }

    private static void AppendLibrary(SessionOptions session, string library)
    {
        if (!File.Exists(library))
        {
            throw new InvalidOperationException(
                $"The execution provider \"{library}\" is neither Cpu, DirectML nor Cuda, nor an existing plug-in provider library.");
        }

        var name = Path.GetFileNameWithoutExtension(library);
        try
        {
            var environment = OrtEnv.Instance();
            if (!environment.GetEpDevices().Any(device => device.EpName == name))
            {
                environment.RegisterExecutionProviderLibrary(name, Path.GetFullPath(library));
            }

            // A library names its provider itself, so its devices are those that were not there before: all that are not built in.
            var devices = environment.GetEpDevices().Where(device => device.EpName is not ("CPUExecutionProvider" or DirectMLName or CudaName)).ToList();
            if (devices.Count == 0)
            {
                throw new InvalidOperationException($"The plug-in provider library {library} finds no device on this machine.");
            }

            session.AppendExecutionProvider(environment, devices, new Dictionary<string, string>());
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidOperationException($"The plug-in provider library {library} cannot be used: {error.Message}", error);
        }
    }
}
