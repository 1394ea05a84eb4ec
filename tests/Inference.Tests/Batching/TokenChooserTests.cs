using Microsoft.Extensions.Time.Testing;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Sampling;
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
