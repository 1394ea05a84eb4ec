using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>A step is 64 bytes: outputs 0 to 15 in their low halves, outputs 16 to 31 in the high ones.</summary>
internal readonly unsafe struct Int4Format : IIntegerFormat
{
    /// <summary>What tensors of it are declared as. A panel's scales are among its bytes, so the type is a mark only.</summary>
    public const TensorElementType Type = TensorElementType.UInt8;

    public static int Bits => 4;

    public static int Zero => 8;

    public static int StepBytes => Panels.Half * IntegerPanels.StepInputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* step, int n)
    {
        var pairs = Vector256.Load(step + ((n & 1) * Vector256<byte>.Count));
        return (n < 2 ? pairs : (pairs.AsUInt16() >> 4).AsByte()) & Vector256.Create((byte)15);
    }
}
