using CsCheck;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Inference.Tests.Sampling;

public sealed class BestSamplerTests
{
    private const int Size = 150;

    private static readonly Gen<SamplingSettings> Settings = Gen.Select(
        One(0f, 0.3f, 1f, 1.7f), One(0, 0, 1, 5, 40), One(1f, 0.9f, 0.5f), One(0f, 0.05f, 0.5f),
        One(0f, 0f, 1.5f, -1.5f), Gen.Long,
        (temperature, topK, topP, minP, penalty, seed) => new SamplingSettings
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = minP,
            PresencePenalty = penalty,
            Seed = seed,
        });

    [Fact]
    public void What_is_chosen_of_some_logits_is_what_is_chosen_of_all() =>
        Gen.Select(Gen.Int, Gen.Int[0, 3], Gen.Int[1, 120], Settings).Sample((seed, rarity, told, settings) =>
        {
            var random = new Random(seed);
            var logits = Enumerable.Range(0, Size).Select(_ => (random.NextSingle() * 12) + random.Next(-3, 3)).ToArray();
            var mask = Mask(Enumerable.Range(0, Size).Where(_ => rarity < 2 || random.Next(1 << (2 * (rarity - 1))) == 0).Append(7));
            int[] generated = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(Size))];
            var row = Row(logits, mask, told);

            var expected = new Sampler(Size).NextMeasured([.. logits], mask, settings, generated);
            var actual = new BestSampler(Size).Next(row, settings, generated);

            return actual is not { } token
                ? !row.IsAll || settings.TopP < 1
                : (token.Id, token.Allowed) == (expected.Id, expected.Allowed)
                    && Math.Abs(token.Probability - expected.Probability) < 1e-5
                    && (token.Margin == expected.Margin || Math.Abs(token.Margin - expected.Margin) < 1e-5);
        });

    [Fact]
    public void Logits_that_are_missing_are_missed_only_where_they_count()
    {
        var logits = Enumerable.Range(0, Size).Select(id => -id / 10f).ToArray();

        Assert.True(IsEnough(1, new()));
        Assert.True(IsEnough(2, new() { PresencePenalty = 0.05f }));
        Assert.False(IsEnough(2, new() { PresencePenalty = 3 }));
        Assert.False(IsEnough(100, new() { PresencePenalty = -1 }));
        Assert.True(IsEnough(20, new() { Temperature = 1, TopK = 20 }));
        Assert.False(IsEnough(19, new() { Temperature = 1, TopK = 20 }));
        Assert.True(IsEnough(40, new() { Temperature = 0.5f, TopP = 0.9f }));
        Assert.True(IsEnough(80, new() { Temperature = 1.2f, TopP = 0.9f }));
        Assert.False(IsEnough(10, new() { Temperature = 1, TopP = 0.9f }));
        Assert.False(IsEnough(100, new() { Temperature = 1 }));
        Assert.True(IsEnough(Size, new() { Temperature = 1 }));
        Assert.True(IsEnough(50, new() { Temperature = 1, MinP = 0.1f }));
        Assert.False(IsEnough(20, new() { Temperature = 1, MinP = 0.1f }));

        bool IsEnough(int told, SamplingSettings settings) =>
            new BestSampler(Size).Next(Row(logits, [], told), settings, [0, 1, 1]) is not null;
    }

    [Fact]
    public void A_token_that_stands_alone_among_those_that_are_told_has_the_next_below_it()
    {
        var token = new BestSampler(Size).Next(Row([.. Enumerable.Range(0, Size).Select(id => (float)-id)], [], 1), new(), []);

        Assert.Equal((0, 1f), (token!.Value.Id, token.Value.Margin));
    }

    [Fact]
    public void Logits_that_are_no_numbers_and_a_mask_that_allows_nothing_are_errors()
    {
        var broken = new float[Size];
        broken[149] = float.NaN;

        Assert.Throws<ModelOutputException>(() => new BestSampler(Size).Next(Row(broken, [], 5), new(), []));
        var nothing = new BestLogits(0, 5);
        nothing.Clear(-1e30f, 0, true);
        Assert.Throws<ArgumentException>(() => new BestSampler(Size).Next(nothing, new(), []));
    }

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static BestLogits Row(float[] logits, ulong[] mask, int told)
    {
        var row = new BestLogits(0, told) { Mask = mask };
        new PartOfRows(logits, Size, told).Read([row]);
        return row;
    }

    private static ulong[] Mask(IEnumerable<int> allowed)
    {
        var mask = new ulong[(Size + 63) / 64];
        foreach (var id in allowed)
        {
            mask[id >> 6] |= 1UL << (id & 63);
        }

        return mask;
    }
}
