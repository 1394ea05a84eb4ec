using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Tests.Sampling;

public class LogitScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(1000)]
    public void The_best_token_is_the_first_of_the_largest_allowed_ones(int size)
    {
        var random = new Random(size);
        for (var i = 0; i < 2000; i++)
        {
            // Few different values, so that many are equal.
            var logits = Enumerable.Range(0, size).Select(_ => (float)random.Next(-3, random.Next(-2, 4))).ToArray();
            var mask = i % 4 == 0
                ? (ulong[])[]
                : [
                    .. Enumerable.Range(0, (size + 63) / 64)
                        .Select(_ => random.Next(3) switch { 0 => 0UL, 1 => ulong.MaxValue, _ => (ulong)random.NextInt64() })
                ];
            var allowed = Enumerable.Range(0, size).Where(id => LogitScan.IsAllowed(mask, id)).ToArray();

            var (best, logit, allFinite) = LogitScan.Best(logits, mask);

            Assert.True(allFinite);
            Assert.Equal(allowed.Length == 0 ? -1 : allowed.MaxBy(id => (logits[id], -id)), best);
            Assert.Equal(allowed.Length == 0 ? float.NegativeInfinity : allowed.Max(id => logits[id]), logit);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(1000)]
    public void Collected_are_the_allowed_tokens_that_reach_the_threshold(int size)
    {
        var random = new Random(size);
        for (var i = 0; i < 500; i++)
        {
            var logits = Enumerable.Range(0, size).Select(_ => (float)random.Next(-5, 5)).ToArray();
            var mask = i % 4 == 0
                ? (ulong[])[]
                : [
                    .. Enumerable.Range(0, (size + 63) / 64)
                        .Select(_ => random.Next(3) switch { 0 => 0UL, 1 => ulong.MaxValue, _ => (ulong)random.NextInt64() })
                ];
            var least = i % 5 == 0 ? float.NegativeInfinity : random.Next(-6, 6);
            var ids = new int[size];

            var count = LogitScan.Collect(logits, mask, least, ids);

            Assert.Equal(Enumerable.Range(0, size).Where(id => LogitScan.IsAllowed(mask, id) && logits[id] >= least), ids[..count]);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_logit_that_is_not_finite_is_seen_wherever_it_stands(float wrong)
    {
        for (var at = 0; at < 150; at++)
        {
            var logits = new float[150];
            logits[at] = wrong;
            Assert.False(LogitScan.Best(logits, []).AllFinite);
            Assert.False(LogitScan.Best(logits, [0, 0, 0]).AllFinite);
        }

        Assert.True(LogitScan.Best([float.MaxValue, float.MinValue, float.Epsilon], []).AllFinite);
    }
}
