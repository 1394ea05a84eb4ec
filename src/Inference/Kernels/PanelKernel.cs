using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime.Tensors;
using Qwen35Batch.Inference.Kernels.Interop;

namespace Qwen35Batch.Inference.Kernels;

/// <summary>Multiplies a few rows by one panel. All else is a matter of which rows and which panels.</summary>
internal abstract unsafe class PanelKernel
{
    /// <summary>Rows of one call, and of a tile.</summary>
    public const int MaxRows = 8;

    private static readonly PanelKernel BFloat16 = Widest<BFloat16Format>();

    private static readonly PanelKernel Float32 = Widest<Float32Format>();

    private static readonly PanelKernel Int8 = Integers<Int8Format>().First();

    private static readonly PanelKernel Int4 = Integers<Int4Format>().First();

    /// <summary>Whether this machine has the instruction that makes integers clearly faster than floats.</summary>
    public static bool MultipliesIntegersFast => AvxVnni.IsSupported;

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

        return Of(type);
    }

    /// <exception cref="InvalidOperationException">No kernel takes the type.</exception>
    public static PanelKernel Of(TensorElementType type) => type switch
    {
        TensorElementType.BFloat16 => BFloat16,
        TensorElementType.Float => Float32,
        Int8Format.Type => Int8,
        Int4Format.Type => Int4,
        _ => throw new InvalidOperationException($"Weights must be BFloat16, Float, {Int8Format.Type} or {Int4Format.Type}, not {type}."),
    };

    /// <summary>Kernels for all widths, which give the same results; those that the machine has no instructions for are slow.</summary>
    public static IEnumerable<PanelKernel> Floats<TFormat>()
        where TFormat : struct, IPanelFormat =>
        [
            new LanesPanelKernel<TFormat, Lanes512<TFormat>, Vector512<float>>(),
            new LanesPanelKernel<TFormat, Lanes256<TFormat>, Vector256<float>>(),
            new LanesPanelKernel<TFormat, Lanes128<TFormat>, Vector128<float>>(),
        ];

    /// <summary>Kernels for the instructions that this machine has, the fastest first; they give the same results.</summary>
    public static IEnumerable<PanelKernel> Integers<TFormat>()
        where TFormat : struct, IIntegerFormat
    {
        if (AvxVnni.IsSupported)
        {
            yield return new IntegerPanelKernel<TFormat, VnniDotProduct>();
        }

        if (Avx2.IsSupported)
        {
            yield return new IntegerPanelKernel<TFormat, Avx2DotProduct>();
        }

        yield return new IntegerPanelKernel<TFormat, PlainDotProduct>();
    }

    /// <summary>The dimensions of a panel in its tensor.</summary>
    public abstract long[] PanelShape(int depth);

    public abstract long PanelBytes(int depth);

    /// <summary>The values of a row that a panel is for.</summary>
    /// <param name="shape">Of a tensor of panels.</param>
    /// <param name="most">The most that it may be: a panel in blocks does not say where its last one ends, and is zero behind.</param>
    public abstract int Depth(long[] shape, int most);

    /// <summary>Bytes of a row as the kernel reads it; 0 where it reads the floats as they are.</summary>
    public virtual int PreparedBytes(int depth) => 0;

    /// <summary>Brings a row into the form that the kernel reads.</summary>
    public virtual void Prepare(float* row, int depth, byte* prepared) => throw new NotSupportedException();

    /// <summary>Computes one tile.</summary>
    /// <param name="rows">Room for <see cref="MaxRows"/> rows as the kernel reads them, of which the first <paramref name="count"/> are
    /// given.</param>
    /// <param name="count">1 to <see cref="MaxRows"/>.</param>
    /// <param name="panel">The panel's first byte.</param>
    /// <param name="depth">Values of a row.</param>
    /// <param name="next">What will be read after the panel; it is fetched ahead.</param>
    /// <param name="tile">Receives <c>[MaxRows, Panels.Width]</c>; rows beyond the count are junk.</param>
    public abstract void Multiply(byte** rows, int count, byte* panel, int depth, byte* next, float* tile);

    private static PanelKernel Widest<TFormat>()
        where TFormat : struct, IPanelFormat => Floats<TFormat>().ElementAt(
        Vector512.IsHardwareAccelerated ? 0 : Vector256.IsHardwareAccelerated ? 1 : 2);
}
