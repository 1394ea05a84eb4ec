using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

internal readonly unsafe struct Lanes128<TFormat> : ILanes<Vector128<float>>
    where TFormat : struct, IPanelFormat
{
    public static int Count => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Low(byte* step) => typeof(TFormat) == typeof(BFloat16Format)
        ? (Vector128.Load((uint*)step) << 16).AsSingle()
        : Vector128.Load((float*)step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> High(byte* step) => typeof(TFormat) == typeof(BFloat16Format)
        ? (Vector128.Load((uint*)step) & Vector128.Create(0xFFFF0000u)).AsSingle()
        : Vector128.Load((float*)step + Panels.Half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float* value) => Vector128.Create(*value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> sum) =>
        Vector128.FusedMultiplyAdd(left, right, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> vector, float* target) => vector.Store(target);
}
