using System.Numerics;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// Which numbers may be written: decimals with at most <paramref name="Scale"/> digits after the point and
/// <paramref name="Digits"/> digits in all, whose value times <c>10^Scale</c> is from <paramref name="Low"/> to <paramref name="High"/>.
/// </summary>
/// <param name="Exponent">Whether an exponent of one or two digits may follow; only where there are no bounds.</param>
internal sealed record NumberRange(BigInteger Low, BigInteger High, int Scale, int Digits, bool Exponent)
{
    // What a double holds without loss: every reader gets back what was written, and two numbers that differ stay different.
    public const int SafeDigits = 15;

    // For bounds that ask for more digits.
    private const int MostDigits = 40;

    // More states for remainders are too many; from here on numbers are kept short.
    private const int MostRemainders = 4000;
    private const int ManyRemainders = 200;

    // Digits after the point beyond those of a divisor, for what is no multiple of it.
    private const int MostFurther = 2;

    public bool IsEmpty => Low > High;

    /// <summary>What the values times <c>10^Scale</c> are multiples of, and what not; null where that is any number.</summary>
    public Remainders? Remainders { get; init; }

    /// <summary>Whether each number is written in one way only: no exponent, and no zero at the end of a fraction.</summary>
    public bool IsCanonical { get; init; }

    /// <summary>The same numbers, each written in one way only.</summary>
    public NumberRange Canonical() => this with { Exponent = false, IsCanonical = true };

    /// <summary>Integers; a side without a bound ends where the digits do.</summary>
    public static NumberRange Integers(BigInteger? low, BigInteger? high)
    {
        var digits = SafeDigits;
        var furthest = BigInteger.Max(BigInteger.Abs(low ?? 0), BigInteger.Abs(high ?? 0));
        while (digits < MostDigits && furthest >= BigInteger.Pow(10, digits))
            digits++;
        var largest = BigInteger.Pow(10, digits) - 1;
        return new NumberRange(
            BigInteger.Max(low ?? -largest, -largest), BigInteger.Min(high ?? largest, largest), 0, digits, Exponent: false);
    }

    /// <summary>The numbers that a schema asks for, or null when their divisors need too many states.</summary>
    public static NumberRange? Of(MergedNumber number, bool isInteger)
    {
        if (number.Others.Count > 0)
            return NoMultiples(number, isInteger);
        if (number.Divisor is { } some && !isInteger)
            return Multiples(number, some);
        if (number.Divisor is { } divisor)
        {
            var whole = divisor.LeastCommonMultiple(new ExactDecimal(1, 0)).Floor(0);
            return Integers(LowOf(number, 0), HighOf(number, 0)).By(whole, []);
        }

        var scale = isInteger ? 0 : FractionDigits;
        return isInteger ? Integers(LowOf(number, scale), HighOf(number, scale)) : Numbers(LowOf(number, scale), HighOf(number, scale));
    }

    // With as many digits after the point as the divisor has, a number is a multiple when it is one without the point.
    private static NumberRange? Multiples(MergedNumber number, ExactDecimal divisor)
    {
        while (divisor.Exponent < 0 && (divisor.Digits % 10).IsZero)
            divisor = new ExactDecimal(divisor.Digits / 10, divisor.Exponent + 1);
        var scale = Math.Max(0, -divisor.Exponent);
        return scale > FractionDigits ? null : Scaled(number, scale).By(divisor.Floor(scale), []);
    }

    private static NumberRange Scaled(MergedNumber number, int scale)
    {
        var largest = BigInteger.Pow(10, SafeDigits) - 1;
        return new NumberRange(
            BigInteger.Max(LowOf(number, scale) ?? -largest, -largest),
            BigInteger.Min(HighOf(number, scale) ?? largest, largest),
            scale,
            SafeDigits,
            Exponent: false);
    }

    // What is no multiple has a few digits after the point more than the divisors have; more are not written.
    private static NumberRange? NoMultiples(MergedNumber number, bool isInteger)
    {
        var one = new ExactDecimal(1, 0);
        var divisors = number.Others.Prepend(number.Divisor ?? default)
            .Select(divisor => divisor.Digits.IsZero ? divisor : isInteger ? divisor.LeastCommonMultiple(one).Shortest : divisor.Shortest)
            .ToArray();
        var digits = isInteger ? 0 : Math.Max(0, -divisors.Min(divisor => divisor.Exponent));
        for (var scale = digits + (isInteger || number.Divisor is not null ? 0 : MostFurther); scale >= digits; scale--)
        {
            if (scale > FractionDigits)
                continue;
            var scaled = Array.ConvertAll(divisors, divisor => divisor.Digits.IsZero ? BigInteger.One : divisor.Floor(scale));
            var all = isInteger ? Integers(LowOf(number, 0), HighOf(number, 0)) : Scaled(number, scale);
            if (all.By(scaled[0], scaled[1..]) is { } range)
                return range;
        }

        return null;
    }

    /// <summary>Those of the numbers that are multiples of one divisor and of no other, or null when that needs too many states.</summary>
    public NumberRange? By(BigInteger divisor, IReadOnlyList<BigInteger> others)
    {
        if (divisor > long.MaxValue || others.Any(other => other > long.MaxValue))
            return null;
        var remainders = Automata.Remainders.Find((long)divisor, others.Select(other => (long)other), MostRemainders);
        return remainders is null ? null : (this with { Remainders = remainders }).Shortened(remainders.Count);
    }

    private NumberRange Shortened(int remainders)
    {
        if (remainders <= ManyRemainders)
            return this;
        var digits = Math.Min(Digits, 9);
        var largest = BigInteger.Pow(10, digits) - 1;
        return Low > largest || High < -largest
            ? this
            : this with { Digits = digits, Low = BigInteger.Max(Low, -largest), High = BigInteger.Min(High, largest) };
    }

    /// <summary>The lower bound times <c>10^scale</c>, the first that is reached; or null.</summary>
    public static BigInteger? LowOf(MergedNumber number, int scale) =>
        number.IsLowExclusive ? number.Low?.Floor(scale) + 1 : number.Low?.Ceiling(scale);

    /// <summary>The upper bound times <c>10^scale</c>, the last that is reached; or null.</summary>
    public static BigInteger? HighOf(MergedNumber number, int scale) =>
        number.IsHighExclusive ? number.High?.Ceiling(scale) - 1 : number.High?.Floor(scale);

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
