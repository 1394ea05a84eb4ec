namespace Qwen35Batch.Inference.Providers;

/// <summary>On what ONNX Runtime computes.</summary>
public sealed class ExecutionProviderOptions
{
    /// <summary>
    /// <c>Cpu</c>, <c>WebGpu</c> (with a <see cref="RuntimeLibrary"/> that has it), <c>DirectML</c>, <c>Cuda</c> (these two need a build
    /// with <c>-p:OnnxRuntime=DirectML</c> or <c>Cuda</c>, or such a library), or the path of an ONNX Runtime plug-in provider library.
    /// </summary>
    public string Provider { get; set; } = "Cpu";

    /// <summary>
    /// The ONNX Runtime library of this process; null for the one beside the program, or with WebGpu the one that <c>tools/setup.sh
    /// webgpu</c> fetched.
    /// </summary>
    public string? RuntimeLibrary { get; set; }

    /// <summary>With WebGpu: the GPU, by its number or a part of its name; null for the best.</summary>
    public string? Device { get; set; }

    /// <summary>Bytes of the GPU's memory, where its driver does not say them or less is to be used; null for what it says.</summary>
    public long? DeviceMemoryBytes { get; set; }

    /// <summary>
    /// Whether a model for GPUs, unless it is in fp32, multiplies in 16-bit floats; null where the GPU can (<c>shader-f16</c>).
    /// </summary>
    public bool? HalfPrecision { get; set; }

    /// <summary>Threads that one run of the model uses on the CPU; 0 for all cores.</summary>
    public int Threads { get; set; }

    /// <summary>Told of each graph that is loaded on a device how many of its nodes are left to the CPU; null for nobody.</summary>
    public Action<NodePlacement>? Placed { get; set; }
}
