using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>For every machine, slowly.</summary>
internal readonly struct PlainDotProduct : IDotProduct
{
    private const int Bits = 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> values)
    {
        for (var i = 0; i < IntegerPanels.StepInputs; i++)
        {
            var weight = (weights.AsInt32() >>> (i * Bits)) & Vector256.Create(0xFF);
            sum += weight * ((values.AsInt32() << ((IntegerPanels.StepInputs - 1 - i) * Bits)) >> ((IntegerPanels.StepInputs - 1) * Bits));
        }

        return sum;
    }
}
