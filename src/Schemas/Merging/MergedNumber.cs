using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>What schemas together ask of a number.</summary>
/// <param name="Low">The lower bound, or null.</param>
/// <param name="IsLowExclusive">Whether it is not reached itself.</param>
/// <param name="High">The upper bound, or null.</param>
/// <param name="IsHighExclusive">Whether it is not reached itself.</param>
/// <param name="Divisor">What it is a multiple of, or null.</param>
internal sealed record MergedNumber(ExactDecimal? Low, bool IsLowExclusive, ExactDecimal? High, bool IsHighExclusive, ExactDecimal? Divisor)
{
    /// <summary>What it is no multiple of.</summary>
    public IReadOnlyList<ExactDecimal> Others { get; init; } = [];

    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty => (Divisor is { } divisor && Others.Any(divisor.IsMultipleOf)) || IsOutOfBounds;

    private bool IsOutOfBounds =>
        Low is { } low
            && High is { } high
            && (low.CompareTo(high) is > 0 || (low.CompareTo(high) == 0 && (IsLowExclusive || IsHighExclusive)));

    public static MergedNumber Of(MergedValue value)
    {
        var low = Tightest(value.Members.Select(member => member.Minimum), value.Members.Select(member => member.ExclusiveMinimum), 1);
        var high = Tightest(value.Members.Select(member => member.Maximum), value.Members.Select(member => member.ExclusiveMaximum), -1);
        ExactDecimal? divisor = null;
        foreach (var other in value.Members.Select(member => member.MultipleOf).OfType<ExactDecimal>())
            divisor = divisor?.LeastCommonMultiple(other) ?? other;
        return new MergedNumber(low.Bound, low.IsExclusive, high.Bound, high.IsExclusive, divisor)
        {
            Others = [.. value.Members.SelectMany(member => member.NotMultiplesOf).Distinct()],
        };
    }

    private static (ExactDecimal? Bound, bool IsExclusive) Tightest(
        IEnumerable<ExactDecimal?> reached, IEnumerable<ExactDecimal?> notReached, int sign)
    {
        (ExactDecimal? Bound, bool IsExclusive) tightest = (null, false);
        foreach (var (bound, isExclusive) in reached.Select(bound => (bound, false)).Concat(notReached.Select(bound => (bound, true))))
        {
            if (bound is { } next
                && (tightest.Bound is not { } known || sign * next.CompareTo(known) is > 0 || (next.CompareTo(known) == 0 && isExclusive)))
            {
                tightest = (next, isExclusive);
            }
        }

        return tightest;
    }

    /// <summary>The numbers below and above some that are ruled out.</summary>
    public IEnumerable<MergedNumber> Without(IEnumerable<ExactDecimal> excluded)
    {
        var rest = this;
        foreach (var number in excluded.Order(Comparer<ExactDecimal>.Create(static (left, right) => left.CompareTo(right))))
        {
            if ((rest with { Low = number, IsLowExclusive = false, High = rest.High }).IsEmpty || rest.Low?.CompareTo(number) > 0)
            {
                continue;
            }
            else
            {
                yield return rest with { High = number, IsHighExclusive = true };
                rest = rest with { Low = number, IsLowExclusive = true };
            }
        }

        yield return rest;
    }
}
