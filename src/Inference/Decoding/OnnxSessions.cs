using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding.Operators;
using Qwen35Batch.Inference.Kernels.Interop;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>Loads graphs on the execution provider that was asked for.</summary>
internal static class OnnxSessions
{
    /// <summary>The graph of a model folder that suits a provider: with products in 16 bits where there is one, and they are
    /// wanted.</summary>
    public static string FileFor(string folder, string graph, ExecutionProviderOptions options)
    {
        var half = Path.Combine(folder, GraphNames.HalfOf(graph));
        return ExecutionProviders.WantsHalf(options) && File.Exists(half) ? half : Path.Combine(folder, graph);
    }

    /// <param name="file">The graph.</param>
    /// <param name="options">The provider.</param>
    /// <param name="nodesOnCpu">Nodes that a GPU's provider leaves to the CPU.</param>
    /// <exception cref="ModelFormatException">The graph cannot be loaded.</exception>
    /// <exception cref="ExecutionProviderException">The provider is not in this build, or the library lacks an operator; the message says
    /// what to do.</exception>
    public static InferenceSession Load(string file, ExecutionProviderOptions options, params string[] nodesOnCpu)
    {
        ExecutionProviders.Choose(options);
        using var session = new SessionOptions
        {
            IntraOpNumThreads = options.Threads,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Between two runs the cores choose tokens, encode and extract pictures; threads that wait for the next run by spinning would take
        // one of them.
        session.AddSessionConfigEntry("session.force_spinning_stop", "1");
        ExecutionProviders.Append(session, options, nodesOnCpu);
        var asks = options.Placed is not null && ExecutionProviders.IsDevice(options.Provider);
        if (asks) OrtAssignments.Record(session);
        try
        {
            var loaded = new InferenceSession(file, session);
            if (asks && NodePlacement.Of(Path.GetFileName(file), GraphFile.CountNodes(file), loaded) is { } placement)
                options.Placed!(placement);
            return loaded;
        }
        catch (OnnxRuntimeException error) when (MissingOperator.In(error.Message) is { } missing)
        {
            throw OperatorProbe.Refusal(file, [missing], error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelFormatException($"{file} cannot be loaded: {error.Message}", error);
        }
    }
}
