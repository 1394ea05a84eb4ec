using Qwen35Batch.Schemas.Merging;
using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Tests.Merging;

/// <summary>Of all bounds the tightest holds.</summary>
public class MergedNumberTests
{
    [Theory]
    [InlineData("""{"minimum":1},{"minimum":3}""", "3", false, null, false, null)]
    [InlineData("""{"minimum":3},{"exclusiveMinimum":3}""", "3", true, null, false, null)]
    [InlineData("""{"exclusiveMinimum":2},{"minimum":3}""", "3", false, null, false, null)]
    [InlineData("""{"maximum":9},{"maximum":4.5}""", null, false, "4.5", false, null)]
    [InlineData("""{"maximum":4},{"exclusiveMaximum":4}""", null, false, "4", true, null)]
    [InlineData("""{"minimum":-2,"exclusiveMaximum":7}""", "-2", false, "7", true, null)]
    [InlineData("""{"multipleOf":4},{"multipleOf":6}""", null, false, null, false, "12")]
    [InlineData("""{"multipleOf":0.2},{"multipleOf":0.5}""", null, false, null, false, "1.0")]
    public void The_tightest_of_all_bounds_holds(string schemas, string? low, bool isLow, string? high, bool isHigh, string? divisor)
    {
        var number = MergedNumber.Of(new Merge($$"""{"type":"number","allOf":[{{schemas}}]}""").Only);

        Assert.Equal(
            (low, isLow, high, isHigh, divisor),
            (number.Low?.ToString(), number.IsLowExclusive, number.High?.ToString(), number.IsHighExclusive, number.Divisor?.ToString()));
    }

    [Theory]
    [InlineData(1, false, 1, false, false)]
    [InlineData(1, true, 1, false, true)]
    [InlineData(1, false, 1, true, true)]
    [InlineData(2, false, 1, false, true)]
    [InlineData(1, true, 2, true, false)]
    public void Bounds_that_leave_nothing_are_known(int low, bool isLow, int high, bool isHigh, bool isEmpty) =>
        Assert.Equal(isEmpty, new MergedNumber(new(low, 0), isLow, new(high, 0), isHigh, null).IsEmpty);

    [Theory]
    [InlineData(0, 10, new[] { 5 })]
    [InlineData(0, 10, new[] { 0, 10 })]
    [InlineData(0, 10, new[] { 7, 3, 11, -1 })]
    [InlineData(4, 4, new[] { 4 })]
    [InlineData(0, 10, new int[0])]
    public void Numbers_that_are_ruled_out_part_what_is_left(int low, int high, int[] excluded)
    {
        var parts = new MergedNumber(new(low, 0), false, new(high, 0), false, null).Without(excluded.Select(Exact)).ToArray();

        for (var number = low - 3; number <= high + 3; number++)
        {
            var isLeft = number >= low && number <= high && !excluded.Contains(number);
            Assert.Equal(isLeft ? 1 : 0, parts.Count(part => IsWithin(part, Exact(number))));
        }
    }

    private static ExactDecimal Exact(int number) => new(number, 0);

    private static bool IsWithin(MergedNumber part, ExactDecimal number) =>
        (part.Low is not { } low || low.CompareTo(number) < (part.IsLowExclusive ? 0 : 1))
        && (part.High is not { } high || high.CompareTo(number) > (part.IsHighExclusive ? 0 : -1));
}
