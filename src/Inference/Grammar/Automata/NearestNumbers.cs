using System.Numerics;
using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Inference.Grammar.Automata;

/// <summary>
/// The numbers nearest to zero of those that a schema asks for: they are written where all of them would need too many states.
/// </summary>
internal static class NearestNumbers
{
    private const int MostFound = 2000;
    private const int MostTried = 100_000;

    /// <returns>Each as it is written, the nearest first; none when nothing fits, null when none is near.</returns>
    public static IReadOnlyList<string>? Find(MergedNumber number, bool isInteger)
    {
        var step = StepOf(number, isInteger);
        var scale = Math.Max(0, -step.Exponent);
        var unit = step.Floor(scale);
        var largest = (BigInteger.Pow(10, NumberRange.SafeDigits) - 1) / unit;
        var first = NumberRange.LowOf(number, scale) is { } low ? -Quotient(-low, unit) : -largest;
        var last = NumberRange.HighOf(number, scale) is { } high ? Quotient(high, unit) : largest;
        (first, last) = (BigInteger.Max(first, -largest), BigInteger.Min(last, largest));
        if (largest.IsZero)
            return null;
        if (first > last)
            return [];
        var start = BigInteger.Max(first, BigInteger.Min(last, 0));
        var found = new List<string>();
        for (var tried = 0; tried < MostTried && found.Count < MostFound; tried++)
        {
            var (above, below) = (start + tried, start - tried);
            if (above > last && below < first)
                return found;
            foreach (var count in tried == 0 ? (ReadOnlySpan<BigInteger>)[start] : [above, below])
            {
                var value = new ExactDecimal(count * unit, -scale).Shortest;
                if (count >= first && count <= last && !number.Others.Any(value.IsMultipleOf))
                    found.Add(value.ToString());
            }
        }

        return found.Count > 0 ? found : null;
    }

    private static ExactDecimal StepOf(MergedNumber number, bool isInteger)
    {
        var one = new ExactDecimal(1, 0);
        if (number.Divisor is { } divisor)
            return (isInteger ? divisor.LeastCommonMultiple(one) : divisor).Shortest;
        return isInteger || !number.Others.Any(one.IsMultipleOf)
            ? one
            : new ExactDecimal(1, Math.Min(0, number.Others.Min(other => other.Shortest.Exponent)) - 1);
    }

    private static BigInteger Quotient(BigInteger value, BigInteger by)
    {
        var quotient = BigInteger.DivRem(value, by, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }
}
