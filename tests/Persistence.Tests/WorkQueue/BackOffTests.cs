using CsCheck;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Persistence.WorkQueue;

namespace Qwen35Batch.Persistence.Tests.WorkQueue;

public sealed class BackOffTests
{
    private static readonly LedgerOptions Options = new() { BackOff = TimeSpan.FromSeconds(10), MaxBackOff = TimeSpan.FromMinutes(5) };

    [Fact]
    public void It_doubles_up_to_the_limit_and_is_stretched_by_at_most_a_quarter() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Long[1, long.MaxValue]).Sample((attempt, row) =>
        {
            var least = TimeSpan.FromSeconds(Math.Min(10 * Math.Pow(2, Math.Min(attempt - 1, 30)), 300));
            var delay = BackOff.Delay(Options, attempt, row);
            return delay >= least && delay <= least * 1.25;
        });

    [Fact]
    public void Neighbours_come_back_at_different_times_and_each_always_at_the_same()
    {
        var delays = Enumerable.Range(1, 100).Select(row => BackOff.Delay(Options, 1, row)).ToList();

        Assert.Equal(100, delays.Distinct().Count());
        Assert.Equal(delays, Enumerable.Range(1, 100).Select(row => BackOff.Delay(Options, 1, row)));
    }
}
