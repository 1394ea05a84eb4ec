using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tests.Sampling;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Tests.Batching;

public class TokenChooserTests
{
    // So long that the rows are worth several threads.
    private const int Vocabulary = 200_000;
    private const int Rows = 24;

    private static readonly SamplingSettings[] Settings =
    [
        SamplingSettings.Greedy,
        new() { Temperature = 1, TopK = 40, TopP = 0.9f, Seed = 3 },
        new() { Temperature = 0.7f, TopP = 0.8f, PresencePenalty = 1, Seed = 4 },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public void A_row_is_chosen_as_alone_and_one_that_cannot_be_chosen_does_not_touch_the_others(int threads)
    {
        var random = new Random(5);
        var logits = Enumerable.Range(0, Rows * Vocabulary).Select(_ => random.NextSingle() * 8).ToArray();
        logits[(7 * Vocabulary) + 1234] = float.NaN;
        var slots = Enumerable.Range(0, Rows).Select(row => row == 2 ? null : Fed(Settings[row % Settings.Length], row)).ToArray();
        slots[4]!.Fed(slots[4]!.Known - 1);
        var expected = Enumerable.Range(0, Rows).Except([2, 4, 7]).ToDictionary(row => slots[row]!, row => Alone(logits, row, slots[row]!));

        for (var time = 0; time < 4; time++)
        {
            Check(new TokenChooser([.. logits], Vocabulary, threads, new StepTimes(new FakeTimeProvider())).Choose(slots), slots, expected);
        }
    }

    [Fact]
    public void Rows_that_stayed_on_a_device_are_chosen_the_same_and_brought_down_only_where_that_is_needed()
    {
        var random = new Random(6);
        var logits = Enumerable.Range(0, Rows * Vocabulary).Select(_ => random.NextSingle() * 8).ToArray();
        logits[(7 * Vocabulary) + 1234] = float.NaN;
        var slots = Enumerable.Range(0, Rows).Select(row => row == 2 ? null : Fed(Settings[row % Settings.Length], row)).ToArray();
        slots[4]!.Fed(slots[4]!.Known - 1);
        var expected = Enumerable.Range(0, Rows).Except([2, 4, 7]).ToDictionary(row => slots[row]!, row => Alone(logits, row, slots[row]!));
        var kept = new PartOfRows(logits, Vocabulary, 1024);

        var chooser = new TokenChooser(new float[Rows * Vocabulary], Vocabulary, 2, new StepTimes(new FakeTimeProvider()));
        Check(chooser.Choose(slots, kept), slots, expected);

        // Of a flat row eight tenths of the mass are more than a thousand tokens.
        Assert.Equal(Enumerable.Range(0, Rows).Where(row => row % 3 == 2 && row != 2), kept.Whole.Order());
    }

    [Fact]
    public void Rows_that_cannot_be_brought_down_are_faults_of_their_sequences_but_a_lost_device_is_none()
    {
        var slots = Enumerable.Range(0, 2).Select(row => Fed(Settings[0], row)).ToArray();
        var chooser = new TokenChooser(new float[2 * Vocabulary], Vocabulary, 1, new StepTimes(new FakeTimeProvider()));
        var kept = new PartOfRows(new float[2 * Vocabulary], Vocabulary, 8)
        {
            BeforeRead = () => throw new InvalidOperationException("Full."),
        };

        Assert.All(chooser.Choose(slots, kept), choice => Assert.Equal("Full.", choice.Error?.Message));
        kept.BeforeRead = () => throw new DeviceLostException("Gone.", new InvalidOperationException());
        Assert.Throws<DeviceLostException>(() => chooser.Choose(slots, kept));
    }

    private static void Check(IReadOnlyList<RowChoice> choices, Sequence?[] slots, Dictionary<Sequence, int> expected)
    {
        Assert.Equal(slots.Where(slot => slot is not null && slot != slots[4]), choices.Select(choice => choice.Sequence));
        Assert.All(choices, choice =>
        {
            if (choice.Sequence == slots[7])
                Assert.IsType<ModelOutputException>(choice.Error);
            else
                Assert.Equal((expected[choice.Sequence], null), (choice.Token, choice.Error));
        });
    }

    private static int Alone(float[] logits, int row, Sequence sequence) =>
        new Sampler(Vocabulary)
            .Next(logits.AsSpan(row * Vocabulary, Vocabulary).ToArray(), [], sequence.Answer.Sampling, sequence.AnswerTokens);

    /// <summary>A sequence whose whole prompt the model knows.</summary>
    private static Sequence Fed(SamplingSettings sampling, int slot)
    {
        var sequence = new Sequence(
            EngineTest.Text(slot) with { Sampling = sampling }, 16, new TokenVocabulary(new byte[]?[Vocabulary], []), 0);
        sequence.Place(slot);
        sequence.Fed(sequence.Known);
        return sequence;
    }
}
