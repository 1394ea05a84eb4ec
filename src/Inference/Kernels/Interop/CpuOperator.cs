using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels.Operators;

namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>An operator of ours for ONNX Runtime on the CPU. It has one output, of floats.</summary>
/// <param name="Name">In <see cref="CpuOperators.Domain"/>.</param>
/// <param name="Inputs">Types of the inputs; null for floats of any kind, which the kernel checks.</param>
/// <param name="OptionalInputs">How many of the last inputs may be left out.</param>
/// <param name="CreateKernel">Makes the kernel of one node, whose attributes it reads.</param>
internal sealed record CpuOperator(
    string Name, IReadOnlyList<TensorElementType?> Inputs, int OptionalInputs, Func<KernelAttributes, ICpuKernel> CreateKernel);
