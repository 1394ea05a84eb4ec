using System.Numerics;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// Which numbers may be written: decimals with at most <paramref name="Scale"/> digits after the point and
/// <paramref name="Digits"/> digits in all, whose value times <c>10^Scale</c> is from <paramref name="Low"/> to <paramref name="High"/>.
/// </summary>
/// <param name="Exponent">Whether an exponent of one or two digits may follow; only where there are no bounds.</param>
/// <param name="Divisor">Integers are multiples of it; 1 where there are fractions.</param>
internal sealed record NumberRange(BigInteger Low, BigInteger High, int Scale, int Digits, bool Exponent, int Divisor = 1)
{
    // What a double holds without loss: every reader gets back what was written, and two numbers that differ stay different.
    private const int SafeDigits = 15;

    // What a 64-bit integer holds, for bounds that ask for more.
    private const int LongDigits = 18;

    public bool IsEmpty => Low > High;

    /// <summary>Integers; a side without a bound ends where the digits do.</summary>
    public static NumberRange Integers(BigInteger? low, BigInteger? high, int divisor = 1)
    {
        var safe = BigInteger.Pow(10, SafeDigits) - 1;
        var digits = BigInteger.Max(BigInteger.Abs(low ?? 0), BigInteger.Abs(high ?? 0)) > safe ? LongDigits : SafeDigits;
        var largest = BigInteger.Pow(10, digits) - 1;
        return new NumberRange(BigInteger.Max(low ?? -largest, -largest), BigInteger.Min(high ?? largest, largest), 0, digits, Exponent: false, divisor);
    }

    /// <summary>Numbers, with bounds scaled by <see cref="FractionDigits"/>.</summary>
    public static NumberRange Numbers(BigInteger? low, BigInteger? high)
    {
        var largest = BigInteger.Pow(10, SafeDigits + FractionDigits) - 1;
        return new NumberRange(
            BigInteger.Max(low ?? -largest, -largest),
            BigInteger.Min(high ?? largest, largest),
            FractionDigits,
            SafeDigits,
            Exponent: low is null && high is null);
    }

    /// <summary>Digits after the point: one digit always stands before it.</summary>
    public const int FractionDigits = SafeDigits - 1;
}
