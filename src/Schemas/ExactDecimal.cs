using System.Globalization;
using System.Numerics;

namespace Qwen35Batch.Schemas;

/// <summary>A number as JSON writes it, without rounding: <c>Digits · 10^Exponent</c>.</summary>
internal readonly record struct ExactDecimal(BigInteger Digits, int Exponent)
{
    // Further than any bound that makes a difference, and near enough to compute with.
    private const int LargestExponent = 400;

    /// <param name="json">A JSON number.</param>
    public static ExactDecimal Parse(string json)
    {
        var exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? json : json[..exponentAt];
        var written = exponentAt < 0 ? BigInteger.Zero : BigInteger.Parse(json[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return new ExactDecimal(digits, (int)BigInteger.Clamp(written - fraction, -LargestExponent - json.Length, LargestExponent));
    }

    public int CompareTo(ExactDecimal other)
    {
        var scale = -Math.Min(Exponent, other.Exponent);
        return Floor(scale).CompareTo(other.Floor(scale));
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
}
