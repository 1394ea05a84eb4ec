using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Conversion.Onnx;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Kernels.Operators;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Kernels;

/// <summary>A session with one node, whose inputs are all given at the run; its output has as many dimensions as its first input.</summary>
internal sealed unsafe class OperatorSession : IDisposable
{
    private readonly string[] _names;

    public OperatorSession(
        string operation, (TensorElementType Type, int Rank)[] inputs, (string Name, object Value)[] attributes, int threads = 2,
        nint? domain = null)
    {
        _names = [.. inputs.Select((_, index) => $"input{index}")];
        var graph = new OnnxGraph("test");
        for (var i = 0; i < inputs.Length; i++)
        {
            graph.Input(_names[i], (OnnxType)inputs[i].Type, Dimensions(_names[i], inputs[i].Rank));
        }

        graph.Add("output", operation, _names, attributes);
        graph.Output("output", OnnxType.Float, Dimensions("output", inputs[0].Rank));
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.FolderPath, "model.onnx");
        graph.Save(file);
        using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (domain is { } own)
        {
            CpuOperators.Register(options, own);
        }
        else
        {
            CpuOperators.Register(options);
        }

        Session = new InferenceSession(file, options);
    }

    public InferenceSession Session { get; }

    public float[] Run(params (TensorElementType Type, Array Values, long[] Shape)[] inputs)
    {
        var buffers = inputs.Select(input => new NativeBuffer(Buffer.ByteLength(input.Values) / sizeof(float))).ToArray();
        try
        {
            var values = inputs.Select((input, index) =>
            {
                var bytes = Buffer.ByteLength(input.Values);
                fixed (byte* source = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(input.Values))
                {
                    Buffer.MemoryCopy(source, buffers[index].Pointer, bytes, bytes);
                }

                return OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, input.Type, input.Shape, (nint)buffers[index].Pointer, bytes);
            }).ToArray();
            using var options = new RunOptions();
            using var outputs = Session.Run(options, _names, values, ["output"]);
            Array.ForEach(values, value => value.Dispose());
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            Array.ForEach(buffers, buffer => buffer.Dispose());
        }
    }

    public void Dispose() => Session.Dispose();

    private static object[] Dimensions(string name, int rank) => [.. Enumerable.Range(0, rank).Select(axis => (object)$"{name}_{axis}")];
}
