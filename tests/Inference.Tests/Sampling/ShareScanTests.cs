using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Tests.Sampling;

public class ShareScanTests
{
    [Theory]
    [InlineData(1, 3, 0)]
    [InlineData(64, 10, 0)]
    [InlineData(200, 60, 0)]
    [InlineData(5000, 0, 0)]
    [InlineData(5000, 60, 0)]
    [InlineData(5000, 20, 60)]
    [InlineData(5000, 20, -300)]
    [InlineData(5000, 20, 1e6)]
    public void Shares_are_those_of_the_allowed_tokens_only(int size, int spread, float around)
    {
        var random = new Random(size + spread);
        for (var i = 0; i < 300; i++)
        {
            var logits = Enumerable.Range(0, size).Select(_ => around + (random.NextSingle() * spread)).ToArray();
            var mask = Mask(random, size, isNone: i % 4 == 0);
            mask = i % 7 == 1 ? [.. mask.Select(word => word & 1)] : mask;
            var allowed = Enumerable.Range(0, size).Where(id => LogitScan.IsAllowed(mask, id)).ToArray();

            var shares = ShareScan.Of(logits, mask);

            Assert.True(shares.AllFinite);
            Assert.Equal(allowed.Length, shares.Allowed);
            Assert.Equal(allowed.MaxBy(id => (logits[id], -id)), shares.Best);
            Assert.Equal(logits[shares.Best], shares.Logit);
            var others = allowed.Where(id => id != shares.Best).Select(id => logits[id]).ToArray();
            Assert.Equal(others.DefaultIfEmpty(float.NegativeInfinity).Max(), shares.Second);
            var expected = others.Sum(logit => Math.Exp((double)logit - shares.Logit));
            Assert.InRange(shares.Others, (expected * (1 - 1e-5)) - 1e-6, (expected * (1 + 1e-5)) + 1e-6);
        }
    }

    [Fact]
    public void The_best_and_the_second_are_found_among_equals_and_where_nothing_is_allowed()
    {
        var random = new Random(3);
        for (var i = 0; i < 3000; i++)
        {
            // Few different values, so that many are equal.
            var logits = Enumerable.Range(0, 1 + random.Next(400)).Select(_ => (float)random.Next(-3, random.Next(-2, 4))).ToArray();
            var mask = Mask(random, logits.Length, isNone: i % 4 == 0);
            mask = i % 5 == 1 ? new ulong[(logits.Length + 63) / 64] : mask;
            var allowed = Enumerable.Range(0, logits.Length).Where(id => LogitScan.IsAllowed(mask, id))
                .OrderByDescending(id => logits[id]).ThenBy(id => id).ToArray();

            var shares = ShareScan.Of(logits, mask);

            Assert.Equal(allowed.Append(-1).First(), shares.Best);
            Assert.Equal(allowed.Length < 2 ? float.NegativeInfinity : logits[allowed[1]], shares.Second);
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
            Assert.False(ShareScan.Of(logits, []).AllFinite);
            Assert.False(ShareScan.Of(logits, [0, 0, 0]).AllFinite);
            Assert.False(ShareScan.Of(logits, [3, 0, 3]).AllFinite);
        }

        Assert.True(ShareScan.Of([float.MaxValue, float.MinValue, float.Epsilon], []).AllFinite);
    }

    [Fact]
    public void Processors_with_wider_and_with_narrower_vectors_see_the_same()
    {
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var logits = Enumerable.Range(0, 64 * random.Next(1, 30)).Select(_ => random.NextSingle() * 20).ToArray();
            if (i % 9 == 1) logits[random.Next(logits.Length)] = float.NaN;
            var mask = Mask(random, logits.Length, isNone: i % 4 == 0);
            mask = i % 5 == 1 ? [.. mask.Select(word => (ulong)random.Next(2) * word)] : mask;

            var (wide, wideSum) = WideShares.Of(logits, mask, 3);
            var (narrow, narrowSum) = NarrowShares.Of(logits, mask, 3);

            Assert.Equal(i % 9 != 1, wide.AllFinite);
            Assert.Equal(i % 9 != 1, narrow.AllFinite);
            if (i % 9 == 1) continue;
            // The second is that of other lanes, which are not the same.
            Assert.Equal(narrow with { Second = 0 }, wide with { Second = 0 });
            Assert.InRange(wideSum, narrowSum * (1 - 1e-6), (narrowSum * (1 + 1e-6)) + 1e-30);
            var expected = logits.Where((_, id) => LogitScan.IsAllowed(mask, id)).Sum(logit => Math.Exp(logit - 3.0));
            Assert.InRange(narrowSum, expected * (1 - 1e-5), (expected * (1 + 1e-5)) + 1e-30);
        }
    }

    private static ulong[] Mask(Random random, int size, bool isNone) => isNone
        ? []
        : [
            .. Enumerable.Range(0, (size + 63) / 64)
                .Select(_ => random.Next(3) switch { 0 => 1UL, 1 => ulong.MaxValue, _ => (ulong)random.NextInt64() | 1 })
        ];
}
