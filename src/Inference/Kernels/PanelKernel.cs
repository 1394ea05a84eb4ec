using System.Runtime.Intrinsics;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Multiplies a few rows by one panel. All else is a matter of which rows and which panels.</summary>
internal abstract unsafe class PanelKernel
{
    /// <summary>Rows of one call, and of a tile.</summary>
    public const int MaxRows = 8;

    private static readonly PanelKernel BFloat16 = Widest<BFloat16Format>();

    private static readonly PanelKernel Float32 = Widest<Float32Format>();

    /// <summary>Bytes of one step of a panel.</summary>
    public abstract int StepBytes { get; }

    /// <summary>The kernel for weights, which must all be of one type.</summary>
    /// <exception cref="InvalidOperationException">They are not, or no kernel takes the type.</exception>
    public static PanelKernel Of(params ReadOnlySpan<KernelTensor> weights)
    {
        var type = weights[0].Type;
        foreach (var weight in weights)
        {
            if (weight.Type != type)
            {
                throw new InvalidOperationException($"Weights of {type} and {weight.Type} do not go together.");
            }
        }

        return type switch
        {
            TensorElementType.BFloat16 => BFloat16,
            TensorElementType.Float => Float32,
            _ => throw new InvalidOperationException($"Weights must be BFloat16 or Float, not {type}."),
        };
    }

    /// <summary>Kernels for all widths, which give the same results; those that the machine has no instructions for are slow.</summary>
    public static IEnumerable<PanelKernel> All<TFormat>()
        where TFormat : struct, IPanelFormat =>
        [
            new LanesPanelKernel<TFormat, Lanes512<TFormat>, Vector512<float>>(),
            new LanesPanelKernel<TFormat, Lanes256<TFormat>, Vector256<float>>(),
            new LanesPanelKernel<TFormat, Lanes128<TFormat>, Vector128<float>>(),
        ];

    /// <summary>Computes one tile.</summary>
    /// <param name="rows">Room for <see cref="MaxRows"/> rows, of which the first <paramref name="count"/> are given.</param>
    /// <param name="count">1 to <see cref="MaxRows"/>.</param>
    /// <param name="panel">The panel's first step.</param>
    /// <param name="depth">Values of a row, and steps of the panel.</param>
    /// <param name="next">What will be read after the panel; it is fetched ahead.</param>
    /// <param name="tile">Receives <c>[MaxRows, Panels.Width]</c>; rows beyond the count are junk.</param>
    public abstract void Multiply(float** rows, int count, byte* panel, int depth, byte* next, float* tile);

    private static PanelKernel Widest<TFormat>()
        where TFormat : struct, IPanelFormat => All<TFormat>().ElementAt(
        Vector512.IsHardwareAccelerated ? 0 : Vector256.IsHardwareAccelerated ? 1 : 2);
}
