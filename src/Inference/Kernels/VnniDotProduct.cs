using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>One instruction.</summary>
internal readonly struct VnniDotProduct : IDotProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values) =>
        AvxVnni.MultiplyWideningAndAdd(sum, weights, values);
}
