using System.Globalization;
using System.Numerics;

namespace Qwen35Batch.Schemas.Reading;

/// <summary>A number as JSON writes it, without rounding: <c>Digits · 10^Exponent</c>.</summary>
internal readonly record struct ExactDecimal(BigInteger Digits, int Exponent)
{
    // Further than any bound that makes a difference, and near enough to compute with.
    private const int LargestExponent = 400;

    // What is written without an exponent.
    private const int PlainZeros = 20;

    /// <summary>Whether there is no fraction.</summary>
    public bool IsInteger => Exponent >= 0 || Floor(0) == Ceiling(0);

    /// <summary>The same number without zeros at its end.</summary>
    public ExactDecimal Shortest
    {
        get
        {
            if (Digits.IsZero)
                return new ExactDecimal(BigInteger.Zero, 0);
            var (digits, exponent) = (Digits, Exponent);
            while (BigInteger.DivRem(digits, 10, out var last) is var rest && last.IsZero)
                (digits, exponent) = (rest, exponent + 1);
            return new ExactDecimal(digits, exponent);
        }
    }

    /// <param name="json">A JSON number.</param>
    public static ExactDecimal Parse(string json)
    {
        var exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? json : json[..exponentAt];
        var written = exponentAt < 0
            ? BigInteger.Zero
            : BigInteger.Parse(json[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = BigInteger.Parse(
            mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return new ExactDecimal(digits, (int)BigInteger.Clamp(written - fraction, -LargestExponent - json.Length, LargestExponent));
    }

    public int CompareTo(ExactDecimal other)
    {
        var scale = -Math.Min(Exponent, other.Exponent);
        return Floor(scale).CompareTo(other.Floor(scale));
    }

    /// <summary>Whether this is a multiple of a number above 0.</summary>
    public bool IsMultipleOf(ExactDecimal divisor)
    {
        var scale = -Math.Min(Exponent, divisor.Exponent);
        return (Floor(scale) % divisor.Floor(scale)).IsZero;
    }

    /// <summary>The least number above 0 that is a multiple of both.</summary>
    public ExactDecimal LeastCommonMultiple(ExactDecimal other)
    {
        var exponent = Math.Min(Exponent, other.Exponent);
        var (left, right) = (Floor(-exponent), other.Floor(-exponent));
        return new ExactDecimal(left / BigInteger.GreatestCommonDivisor(left, right) * right, exponent);
    }

    /// <summary>The largest integer that is not above this number times <c>10^scale</c>.</summary>
    public BigInteger Floor(int scale)
    {
        var exponent = Exponent + scale;
        if (exponent >= 0)
            return Digits * BigInteger.Pow(10, exponent);
        var quotient = BigInteger.DivRem(Digits, BigInteger.Pow(10, -exponent), out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The smallest integer that is not below this number times <c>10^scale</c>.</summary>
    public BigInteger Ceiling(int scale) => -new ExactDecimal(-Digits, Exponent).Floor(scale);

    public override string ToString()
    {
        if (Exponent is < -PlainZeros or > PlainZeros)
            return string.Create(CultureInfo.InvariantCulture, $"{Digits}e{Exponent}");
        if (Exponent >= 0)
            return Floor(0).ToString(CultureInfo.InvariantCulture);
        var digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture).PadLeft(1 - Exponent, '0');
        return $"{(Digits.Sign < 0 ? "-" : "")}{digits[..^-Exponent]}.{digits[^-Exponent..]}";
    }
}
