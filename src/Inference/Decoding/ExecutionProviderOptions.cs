namespace Qwen35Batch.Inference.Decoding;

/// <summary>On what ONNX Runtime computes.</summary>
public sealed class ExecutionProviderOptions
{
    /// <summary>
    /// <c>Cpu</c>, <c>DirectML</c>, <c>Cuda</c> (the latter two need a build with <c>-p:OnnxRuntime=DirectML</c> or <c>Cuda</c>), or the
    /// path of an ONNX Runtime plug-in provider library.
    /// </summary>
    public string Provider { get; set; } = "Cpu";

    /// <summary>Threads that one run of the model uses on the CPU; 0 for all cores.</summary>
    public int Threads { get; set; }
}
