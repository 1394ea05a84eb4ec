namespace Qwen35Batch.Inference.Conversion;

/// <summary>Of which operators a converted model is made.</summary>
public enum GraphKind
{
    /// <summary>ONNX Runtime's contrib operators: the fastest, where the execution provider has them.</summary>
    Fused,

    /// <summary>
    /// Those and this project's own operators for matrices and experts, on the CPU only: the fastest there with weights in floats, and a row's result does not
    /// depend on the rows beside it.
    /// </summary>
    Cpu,
}
