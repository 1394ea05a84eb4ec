using CsCheck;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Tests.Sampling;

public class SamplerTests
{
    private static readonly SamplingSettings Warm = new() { Temperature = 1, Seed = 11 };

    [Fact]
    public void Greedy_takes_the_largest_allowed_logit_and_the_lowest_id_among_equals() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int).Sample((size, seed) =>
        {
            var random = new Random(seed);
            var logits = Enumerable.Range(0, size).Select(_ => (float)random.Next(-5, 5)).ToArray();
            var allowed = Enumerable.Range(0, size).Where(_ => random.Next(3) == 0).Append(random.Next(size)).ToHashSet();
            var expected = allowed.OrderByDescending(id => logits[id]).ThenBy(id => id).First();

            return new Sampler(size).Next(logits, Mask(size, allowed), SamplingSettings.Greedy, []) == expected;
        });

    [Fact]
    public void Without_a_mask_every_token_is_allowed() =>
        Assert.Equal(98, new Sampler(99).Next([.. Enumerable.Range(0, 99).Select(id => (float)id)], [], SamplingSettings.Greedy, []));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Logits_that_are_no_numbers_are_an_error_wherever_they_stand(float broken)
    {
        for (var at = 0; at < 21; at++)
        {
            var logits = new float[21];
            logits[at] = broken;
            Assert.Throws<ModelOutputException>(() => new Sampler(21).Next(logits, Mask(21, [3]), SamplingSettings.Greedy, []));
        }
    }

    [Fact]
    public void A_mask_that_allows_nothing_is_an_error() =>
        Assert.Throws<ArgumentException>(() => new Sampler(70).Next(new float[70], new ulong[2], SamplingSettings.Greedy, []));

    [Fact]
    public void Sampling_follows_the_probabilities()
    {
        // exp(logit) is 1, 2, 3 and 4 at temperature 1.
        float[] logits = [0, MathF.Log(2), MathF.Log(3), MathF.Log(4)];

        Assert.Equal([0.1, 0.2, 0.3, 0.4], Shares(logits, Warm), Close);
        Assert.Equal([1 / 30.0, 4 / 30.0, 9 / 30.0, 16 / 30.0], Shares(logits, Warm with { Temperature = 0.5f }), Close);
        Assert.Equal([0, 0, 3 / 7.0, 4 / 7.0], Shares(logits, Warm with { TopK = 2 }), Close);
        Assert.Equal([0, 0, 3 / 7.0, 4 / 7.0], Shares(logits, Warm with { TopP = 0.65f }), Close);
        Assert.Equal([0, 2 / 9.0, 3 / 9.0, 4 / 9.0], Shares(logits, Warm with { TopP = 0.75f }), Close);
        Assert.Equal([0, 0, 0, 1], Shares(logits, Warm with { TopP = 0.01f }), Close);
        Assert.Equal([0, 2 / 9.0, 3 / 9.0, 4 / 9.0], Shares(logits, Warm with { MinP = 0.3f }), Close);
        Assert.Equal([0.1 / 0.7, 0, 0.3 / 0.7, 0.3 / 0.7], Shares([0, 9, MathF.Log(3), MathF.Log(3)], Warm, Mask(4, [0, 2, 3])), Close);
    }

    [Fact]
    public void Top_p_counts_what_top_k_has_left()
    {
        // Of the best two (3/7 and 4/7) the best alone already has more than half; of all four it has 0.4.
        float[] logits = [0, MathF.Log(2), MathF.Log(3), MathF.Log(4)];

        Assert.Equal([0, 0, 0, 1], Shares(logits, Warm with { TopK = 2, TopP = 0.5f }), Close);
    }

    [Fact]
    public void The_presence_penalty_is_subtracted_once_a_token_before_the_temperature()
    {
        float[] logits = [2, 1.5f, 0, 0];
        var settings = new SamplingSettings { PresencePenalty = 0.4f };

        Assert.Equal(0, new Sampler(4).Next([.. logits], [], settings, [0, 0, 0]));
        Assert.Equal(1, new Sampler(4).Next([.. logits], [], settings with { PresencePenalty = 0.6f }, [0, 3]));

        var halved = Shares([MathF.Log(4), 0, -50, -50], Warm with { Temperature = 0.5f, PresencePenalty = MathF.Log(2) }, generated: [0]);
        Assert.Equal([0.8, 0.2, 0, 0], halved, Close);
    }

    [Fact]
    public void The_same_seed_chooses_the_same_and_what_ran_before_does_not_matter()
    {
        var fresh = new Sampler(500);
        var used = new Sampler(500);
        var random = new Random(1);
        for (var step = 0; step < 50; step++)
        {
            var logits = Row(random, 500);
            var generated = Enumerable.Range(0, step).ToArray();
            used.Next(Row(random, 500), [], Warm with { Seed = 999, TopP = 0.9f, PresencePenalty = 1 }, [1, 2, 3]);

            Assert.Equal(
                fresh.Next([.. logits], [], Warm with { TopK = 50, PresencePenalty = 1 }, generated),
                used.Next([.. logits], [], Warm with { TopK = 50, PresencePenalty = 1 }, generated));
        }
        Assert.NotEqual(
            Enumerable.Range(0, 20).Select(step => fresh.Next(new float[500], [], Warm, new int[step])),
            Enumerable.Range(0, 20).Select(step => fresh.Next(new float[500], [], Warm with { Seed = 12 }, new int[step])));
    }

    [Fact]
    public void Top_k_and_top_p_keep_what_a_full_sort_would_keep() =>
        Gen.Select(Gen.Int[2, 2000], Gen.Int[0, 60], Gen.Float[0.05f, 1f], Gen.Float[0.1f, 20f], Gen.Int)
            .Sample((size, topK, topP, spread, seed) =>
            {
                var random = new Random(seed);
                var logits = Enumerable.Range(0, size).Select(_ => random.NextSingle() * spread).ToArray();
                var settings = new SamplingSettings { Temperature = 0.8f, TopK = topK, TopP = topP, Seed = seed };

                var ranked = Enumerable.Range(0, size)
                    .OrderByDescending(id => logits[id])
                    .ThenBy(id => id)
                    .Take(topK == 0 ? size : topK)
                    .ToArray();
                var weights = ranked.Select(id => Math.Exp((logits[id] - logits[ranked[0]]) / 0.8)).ToArray();
                var (sum, kept) = (0.0, 0);
                while (kept < ranked.Length && (kept == 0 || sum < (topP * weights.Sum()) + 1e-4))
                    sum += weights[kept++];

                var chosen = new Sampler(size).Next(logits, [], settings, []);
                return ranked.AsSpan(0, kept).Contains(chosen);
            }, iter: 400);

    [Fact]
    public void A_measured_token_is_the_same_and_its_probability_that_among_the_allowed_before_penalty_and_temperature() =>
        Gen.Select(Gen.Int[2, 500], Gen.Float[0.1f, 20f], Gen.Int).Sample((size, spread, seed) =>
        {
            var random = new Random(seed);
            var logits = Enumerable.Range(0, size).Select(_ => random.NextSingle() * spread).ToArray();
            var allowed = Enumerable.Range(0, size).Where(_ => random.Next(3) == 0).Append(random.Next(size)).Distinct().ToArray();
            var mask = Mask(size, allowed);
            int[] generated = [.. Enumerable.Range(0, 20).Select(_ => random.Next(size))];
            foreach (var settings in (SamplingSettings[])[
                SamplingSettings.Greedy, Warm with { Temperature = 2 }, Warm with { TopK = 5, PresencePenalty = 3 },
                new() { PresencePenalty = 7 }])
            {
                var token = new Sampler(size).Next([.. logits], mask, settings, generated);
                var measured = new Sampler(size).NextMeasured([.. logits], mask, settings, generated);

                var others = allowed.Where(id => id != token).Select(id => logits[id]).ToArray();
                Assert.Equal((token, allowed.Length), (measured.Id, measured.Allowed));
                var share = Math.Exp(logits[token]) / allowed.Sum(id => Math.Exp(logits[id]));
                Assert.InRange(measured.Probability / share, 1 - 1e-4, 1 + 1e-4);
                Assert.InRange(measured.Probability, double.Epsilon, 1);
                Assert.Equal(others.Length == 0 ? float.PositiveInfinity : logits[token] - others.Max(), measured.Margin, 1e-4f);
            }
        }, iter: 300);

    [Fact]
    public void A_step_allocates_nothing()
    {
        var sampler = new Sampler(20_000);
        var logits = Row(new Random(2), 20_000);
        var mask = Mask(20_000, [.. Enumerable.Range(0, 15_000)]);
        int[] generated = [4, 5, 6];
        SamplingSettings[] all =
        [
            SamplingSettings.Greedy,
            Warm,
            Warm with { TopK = 20, TopP = 0.8f, PresencePenalty = 1.5f },
            Warm with { TopP = 0.9f, MinP = 0.1f }
        ];
        foreach (var settings in all)
        {
            sampler.Next(logits, mask, settings, generated);
            sampler.NextMeasured(logits, mask, settings, generated);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var settings in all)
        {
            sampler.Next(logits, mask, settings, generated);
            sampler.NextMeasured(logits, mask, settings, generated);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static bool Close(double left, double right) => Math.Abs(left - right) < 0.02;

    private static double[] Shares(float[] logits, SamplingSettings settings, ulong[]? mask = null, int[]? generated = null)
    {
        const int Draws = 20_000;
        var sampler = new Sampler(logits.Length);
        var counts = new double[logits.Length];
        for (var seed = 0; seed < Draws; seed++)
            counts[sampler.Next([.. logits], mask, settings with { Seed = seed }, generated)] += 1.0 / Draws;
        return counts;
    }

    private static float[] Row(Random random, int size) => [.. Enumerable.Range(0, size).Select(_ => random.NextSingle() * 10)];

    private static ulong[] Mask(int size, IEnumerable<int> allowed)
    {
        var mask = new ulong[(size + 63) / 64];
        foreach (var id in allowed)
            mask[id >> 6] |= 1UL << (id & 63);
        return mask;
    }
}
