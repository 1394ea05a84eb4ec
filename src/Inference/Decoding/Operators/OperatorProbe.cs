using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Kernels.Operators;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Decoding.Operators;

/// <summary>
/// Asks ONNX Runtime for the operators of a graph before a session is made of it: it would name the first that it lacks, and of a folder
/// after others have been loaded for minutes. Each is asked for once in a process, by a graph of one node: how its refusal reads tells an
/// operator that is not known from one that is not given the right tensors.
/// </summary>
internal static class OperatorProbe
{
    private const int IrVersion = 10;
    private const int FloatType = 1;

    /// <summary>What is missing of each use; null when it is known.</summary>
    private static readonly ConcurrentDictionary<GraphOperator, string?> Known = new();

    /// <param name="folder">A model folder.</param>
    /// <exception cref="ExecutionProviderException">The library in use lacks operators of its graphs; the message names all of
    /// them.</exception>
    public static void Check(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
        {
            var missing = GraphFile.Read(file)
                .Where(use => use.Key.Domain != CpuOperators.Domain)
                .Select(use => Known.GetOrAdd(use.Key, static (key, attributes) => Ask(key, attributes), use.Value))
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal)
                .ToList();
            if (missing.Count > 0) throw Refusal(file, missing, null);
        }
    }

    /// <param name="file">The graph.</param>
    /// <param name="missing">Such as <c>the operator com.microsoft:QMoE</c>.</param>
    public static ExecutionProviderException Refusal(string file, IReadOnlyList<string> missing, Exception? error)
    {
        var names = missing.Count == 1 ? missing[0] : $"{string.Join(", ", missing.SkipLast(1))} and {missing[^1]}";
        var message = $"{file} needs {names}, which ONNX Runtime {RuntimeLibrary.LoadedVersion()} lacks. Name a newer library with "
            + "Engine:RuntimeLibrary, or convert the checkpoint again with --graph portable.";
        return error is null ? new ExecutionProviderException(message) : new ExecutionProviderException(message, error);
    }

    private static string? Ask(GraphOperator use, byte[] attributes)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            new InferenceSession(Graph(use, attributes), options).Dispose();
            return null;
        }
        catch (OnnxRuntimeException error)
        {
            return MissingOperator.In(error.Message) is { } missing && !missing.Contains(" for the types of ", StringComparison.Ordinal)
                ? missing
                : null;
        }
    }

    /// <summary>ModelProto with one node, whose inputs are constants.</summary>
    private static byte[] Graph(GraphOperator use, byte[] attributes)
    {
        var node = new ProtoMessage();
        var graph = new ProtoMessage();
        for (var i = 0; i < use.Inputs.Length; i++)
        {
            node.Text(1, use.Inputs[i] == GraphOperator.Given ? $"x{i}" : "");
            graph.Message(5, new ProtoMessage().Integer(1, 1).Integer(2, FloatType).Text(8, $"x{i}").Bytes(9, new byte[sizeof(float)]));
        }

        for (var i = 0; i < use.Outputs; i++) node.Text(2, $"y{i}");
        node.Text(3, "probe").Text(4, use.Type).Text(7, use.Domain).Append(attributes);

        // Without a type, an output has that which the node gives it.
        graph.Message(1, node).Text(2, "probe").Message(12, new ProtoMessage().Text(1, "y0"));
        var model = new ProtoMessage().Integer(1, IrVersion).Message(7, graph);
        if (use.Domain.Length > 0) model.Message(8, new ProtoMessage().Text(1, "").Integer(2, 21));
        return model.Message(8, new ProtoMessage().Text(1, use.Domain).Integer(2, use.Version)).ToArray();
    }
}
