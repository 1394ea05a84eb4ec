using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qwen35Batch.Inference.Sampling;

/// <summary>
/// Exponentials to some millionths of each, as powers of two: the whole part of the exponent goes into the float's own, the rest through
/// a polynomial. The runtime's exponential computes in double precision, which takes several times as long.
/// </summary>
internal static class PowersOfTwo
{
    private const float PerNat = 1.44269504f;

    // Added to a float, it leaves the nearest whole number in the lowest bits.
    private const float Whole = 12_582_912;
    private const float Least = -126;

    // The polynomial that is nearest to 2^x for x from -0.5 to 0.5, by its largest relative error.
    private const float C0 = 0.99999928f;
    private const float C1 = 0.69312179f;
    private const float C2 = 0.24024744f;
    private const float C3 = 0.05591786f;
    private const float C4 = 0.0095701022f;

    /// <summary>What the exponentials of vectors take for an offset, in every lane.</summary>
    public static float Offset(float nats) => -nats * PerNat;

    /// <summary>
    /// The exponentials of numbers less an offset, up to e^87; of less than e^-87, that. The offset is rounded, by the same for all: what
    /// they are to each other is exact.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> OfNats(Vector256<float> nats, Vector256<float> offset)
    {
        var exponents = Vector256.MaxNative(
            Vector256.MultiplyAddEstimate(nats, Vector256.Create(PerNat), offset), Vector256.Create(Least));
        var shifted = exponents + Vector256.Create(Whole);
        var rest = exponents - (shifted - Vector256.Create(Whole));
        var power = Vector256.MultiplyAddEstimate(rest, Vector256.Create(C4), Vector256.Create(C3));
        power = Vector256.MultiplyAddEstimate(rest, power, Vector256.Create(C2));
        power = Vector256.MultiplyAddEstimate(rest, power, Vector256.Create(C1));
        power = Vector256.MultiplyAddEstimate(rest, power, Vector256.Create(C0));
        return (power.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    }

    /// <inheritdoc cref="OfNats(Vector256{float}, Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OfNats(Vector512<float> nats, Vector512<float> offset)
    {
        var exponents = Vector512.MaxNative(
            Vector512.MultiplyAddEstimate(nats, Vector512.Create(PerNat), offset), Vector512.Create(Least));
        var shifted = exponents + Vector512.Create(Whole);
        var rest = exponents - (shifted - Vector512.Create(Whole));
        var power = Vector512.MultiplyAddEstimate(rest, Vector512.Create(C4), Vector512.Create(C3));
        power = Vector512.MultiplyAddEstimate(rest, power, Vector512.Create(C2));
        power = Vector512.MultiplyAddEstimate(rest, power, Vector512.Create(C1));
        power = Vector512.MultiplyAddEstimate(rest, power, Vector512.Create(C0));
        return (power.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    }

    /// <summary>The exponential of one number less an offset, with the very bits that it has among others.</summary>
    public static double OfNats(float nats, float offset) => OfNats(Vector256.Create(nats), Vector256.Create(Offset(offset)))[0];
}
