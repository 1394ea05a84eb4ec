using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

internal readonly unsafe struct Lanes256<TFormat> : ILanes<Vector256<float>>
    where TFormat : struct, IPanelFormat
{
    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Low(byte* step) => typeof(TFormat) == typeof(BFloat16Format)
        ? (Vector256.Load((uint*)step) << 16).AsSingle()
        : Vector256.Load((float*)step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> High(byte* step) => typeof(TFormat) == typeof(BFloat16Format)
        ? (Vector256.Load((uint*)step) & Vector256.Create(0xFFFF0000u)).AsSingle()
        : Vector256.Load((float*)step + Panels.Half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float* value) => Vector256.Create(*value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> vector, float* target) => vector.Store(target);
}
