using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>A step is 128 bytes, output after output.</summary>
internal readonly unsafe struct Int8Format : IIntegerFormat
{
    /// <summary>What tensors of it are declared as. A panel's scales are among its bytes, so the type is a mark only.</summary>
    public const TensorElementType Type = TensorElementType.Int8;

    public static int Bits => 8;

    public static int Zero => 128;

    public static int StepBytes => Panels.Width * IntegerPanels.StepInputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* step, int n) => Vector256.Load(step + (n * Vector256<byte>.Count));
}
