using Microsoft.ML.OnnxRuntime.Tensors;

namespace Qwen35Batch.Inference.Kernels.Interop;

/// <summary>An input or output of a node, valid while it is computed.</summary>
internal readonly unsafe struct KernelTensor(void* data, TensorElementType type, long[] shape)
{
    public float* Floats => (float*)data;

    public byte* Bytes => (byte*)data;

    public TensorElementType Type => type;

    public long[] Shape => shape;

    /// <summary>All dimensions but the last.</summary>
    public int Rows => checked((int)shape.AsSpan(0, shape.Length - 1).ToArray().Aggregate(1L, (rows, dim) => rows * dim));

    public int Columns => checked((int)shape[^1]);

    /// <summary>Checks that weights have the dimensions that they are read with.</summary>
    /// <exception cref="InvalidOperationException">They have not.</exception>
    public void Demand(params ReadOnlySpan<long> expected)
    {
        if (!expected.SequenceEqual(shape))
        {
            throw new InvalidOperationException(
                $"A weight is [{string.Join(", ", shape)}], but [{string.Join(", ", expected.ToArray())}] fits the other inputs.");
        }
    }
}
