namespace Qwen35Batch.Inference.Models;

/// <summary>Of which operators a converted model is made.</summary>
public enum GraphKind
{
    /// <summary>ONNX Runtime's contrib operators: the fastest, where the execution provider has them.</summary>
    Fused,

    /// <summary>Standard operators of opset 21 only, for execution providers that lack the others. Slower on the CPU.</summary>
    Portable,

    /// <summary>
    /// The contrib operators, and this project's own for matrices and experts: the fastest with weights in floats, and with integers where
    /// the machine has AVX-VNNI. On the CPU only. What a token gets from them does not depend on the tokens beside it.
    /// </summary>
    Cpu,

    /// <summary>
    /// The contrib operators as ONNX Runtime's WebGPU provider has them, with embeddings and lengths as inputs that do not grow with the
    /// context, and a graph that moves the states of sequences: they stay in the memory of the device.
    /// </summary>
    Gpu,
}
