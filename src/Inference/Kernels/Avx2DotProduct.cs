using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>First and third byte, second and fourth, as 16 bits: the instruction that takes bytes would saturate.</summary>
internal readonly struct Avx2DotProduct : IDotProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values)
    {
        var even = Avx2.MultiplyAddAdjacent((weights.AsInt16() & Vector256.Create((short)0xFF)), (values.AsInt16() << 8) >> 8);
        var odd = Avx2.MultiplyAddAdjacent((weights.AsUInt16() >> 8).AsInt16(), values.AsInt16() >> 8);
        return sum + even + odd;
    }
}
