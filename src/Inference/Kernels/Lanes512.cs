using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

internal readonly unsafe struct Lanes512<TFormat> : ILanes<Vector512<float>>
    where TFormat : struct, IPanelFormat
{
    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Low(byte* step) => typeof(TFormat) == typeof(BFloat16Format)
        ? (Vector512.Load((uint*)step) << 16).AsSingle()
        : Vector512.Load((float*)step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> High(byte* step) => typeof(TFormat) == typeof(BFloat16Format)
        ? (Vector512.Load((uint*)step) & Vector512.Create(0xFFFF0000u)).AsSingle()
        : Vector512.Load((float*)step + Panels.Half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float* value) => Vector512.Create(*value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> vector, float* target) => vector.Store(target);
}
