using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;

namespace Qwen35Batch.Inference.Tests.Decoding;

public sealed class Qwen35ModelTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    /// <summary>Kernels for one row and for many round differently in the last bits.</summary>
    private const float Rounding = 1e-4f;

    [Fact]
    public void A_sequence_goes_on_equally_in_a_slot_that_it_was_copied_to()
    {
        using var model = tiny.Open(3);
        var tokens = Tokens(1, 20);
        Prefill(model, 0, tokens);
        Prefill(model, 2, Tokens(2, 30));

        model.CopySlot(0, 2, tokens.Length);

        var logits = Decode(model, [7, 7, 7], [20, 0, 20]);
        AssertNear(logits[0], logits[2]);
        AssertNear(Alone([.. tokens, 7]), logits[2]);
    }

    [Fact]
    public void A_snapshot_can_be_restored_many_times_into_any_slot()
    {
        using var model = tiny.Open(3);
        var prefix = Tokens(3, 17);
        Prefill(model, 1, prefix);
        using var snapshot = model.Save(1, prefix.Length);
        Prefill(model, 0, Tokens(4, 40));
        Prefill(model, 1, Tokens(5, 9));

        model.Restore(snapshot, 0);
        model.Restore(snapshot, 2);

        Assert.Equal(17, snapshot.Length);
        Continue(model, 0, 17, [8, 9]);
        Continue(model, 2, 17, [3]);
        var logits = Decode(model, [1, 2, 4], [19, 9, 18]);
        AssertNear(Alone([.. prefix, 8, 9, 1]), logits[0]);
        AssertNear(Alone([.. Tokens(5, 9), 2]), logits[1]);
        AssertNear(Alone([.. prefix, 3, 4]), logits[2]);
    }

    [Fact]
    public void A_snapshot_takes_memory_for_its_length_only()
    {
        using var model = tiny.Open(1);
        Prefill(model, 0, Tokens(1, 16));

        using var half = model.Save(0, 16);
        using var all = model.Save(0, model.MaxLength);

        Assert.Equal(model.BytesPerSlot, all.Bytes);
        Assert.Equal(model.BytesPerSlot - (48 * 2 * 2 * 32 * sizeof(float)), half.Bytes);
    }

    [Fact]
    public void A_slot_holds_what_the_configuration_says()
    {
        using var model = tiny.Open(2, maxLength: 50);

        // Three linear layers: 3 taps of 128 channels, 4 heads of 16 x 16. One full layer: keys and values of 2 heads of 32.
        Assert.Equal(sizeof(float) * ((3 * ((3 * 128) + (4 * 16 * 16))) + (2 * 2 * 50 * 32)), model.BytesPerSlot);
        Assert.Equal((2, 50, 2048, 64), (model.Slots, model.MaxLength, model.VocabularySize, model.HiddenSize));
    }

    [Fact]
    public void Sequences_that_join_leave_and_move_are_answered_as_if_alone()
    {
        using var model = tiny.Open(4);
        var random = new Random(11);
        var running = new List<(List<int> Tokens, int Left)>();
        var seen = 0;
        for (var step = 0; step < 60; step++)
        {
            if (running.Count < model.Slots && random.Next(3) > 0)
            {
                var prompt = Tokens(step, random.Next(1, 25));
                Prefill(model, running.Count, prompt);
                running.Add(([.. prompt], random.Next(1, 12)));
            }

            if (running.Count == 0)
            {
                continue;
            }

            var next = running.Select(_ => random.Next(2048)).ToArray();
            var logits = Decode(model, next, [.. running.Select(sequence => sequence.Tokens.Count)]);
            for (var slot = running.Count - 1; slot >= 0; slot--)
            {
                running[slot].Tokens.Add(next[slot]);
                running[slot] = running[slot] with { Left = running[slot].Left - 1 };
                if (running[slot].Left > 0)
                {
                    continue;
                }

                AssertNear(Alone(running[slot].Tokens), logits[slot]);
                seen++;
                var last = running.Count - 1;
                model.CopySlot(last, slot, running[last].Tokens.Count);
                running[slot] = running[last];
                running.RemoveAt(last);
            }
        }

        Assert.InRange(seen, 10, 60);
    }

    [Fact]
    public void A_new_sequence_knows_nothing_of_the_slots_last_one()
    {
        using var model = tiny.Open(1);
        Prefill(model, 0, Tokens(1, 50));
        Decode(model, [3], [0]);

        var logits = Prefill(model, 0, Tokens(2, 5));

        Assert.Equal(Alone(Tokens(2, 5)), logits);
    }

    [Fact]
    public void Only_the_last_rows_of_logits_are_given_when_fewer_are_wanted()
    {
        using var model = tiny.Open(1);
        var tokens = Tokens(1, 12);
        var all = new float[12 * 2048];
        var three = new float[3 * 2048];
        model.Prefill(Chunk(0, 0, tokens), all);

        model.Prefill(Chunk(0, 0, tokens), three);

        AssertNear(all[^three.Length..], three);
        Assert.NotEqual(three[..2048], three[2048..4096]);
    }

    [Fact]
    public void A_pictures_embeddings_take_the_place_of_its_tokens()
    {
        using var model = tiny.Open(1);
        var tokens = Tokens(1, 6);
        var plain = new float[2048];
        var pictured = new float[2048];
        model.Prefill(Chunk(0, 0, tokens), plain);
        var embeddings = Enumerable.Range(0, 2 * 64).Select(i => MathF.Sin(i)).ToArray();

        model.Prefill(Chunk(0, 0, tokens) with { MediaIndexes = new[] { 1, 4 }, MediaEmbeddings = embeddings }, pictured);

        using var checkpoint = Checkpoint.Open(TestData.Folder("tiny-moe"));
        var media = new Dictionary<int, double[]>
        {
            [1] = Array.ConvertAll(embeddings[..64], value => (double)value),
            [4] = Array.ConvertAll(embeddings[64..], value => (double)value),
        };
        var positions = Chunk(0, 0, tokens).Positions.ToArray();
        var expected = new ReferenceModel(checkpoint).Logits(tokens, positions, media)[^1];
        AssertNear(Array.ConvertAll(expected, value => (float)value), pictured);
        Assert.NotEqual(plain, pictured);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_a_sentence()
    {
        using var model = tiny.Open(2, maxLength: 10);
        var logits = new float[2048];

        Refused("A sequence of 11 tokens does not fit: a slot holds 10.", () => model.Prefill(Chunk(0, 0, Tokens(1, 11)), []));
        Refused("A sequence of 11 tokens does not fit: a slot holds 10.", () => model.Prefill(Chunk(0, 8, Tokens(1, 3)), []));
        Refused("A sequence of 11 tokens does not fit: a slot holds 10.", () => Decode(model, [1], [10]));
        Refused("There is no slot 2", () => model.Prefill(Chunk(2, 0, Tokens(1, 3)), []));
        Refused("There is no slot 2", () => Decode(model, [1, 2, 3], [1, 1, 1]));
        Refused("There is no slot -1", () => model.CopySlot(0, -1, 1));
        Refused("Token 2048 is not in the vocabulary of 2048.", () => Decode(model, [2048], [1]));
        Refused("Token -1 is not in the vocabulary of 2048.", () => model.Prefill(Chunk(0, 0, [-1]), []));
        Refused("Position 4096 is beyond the 4096 positions", () => model.Decode([1], [1], [4096], logits));
        Refused("Position -1 is beyond", () => model.Decode([1], [1], [-1], logits));
        Refused("Logits of 0 to 1 tokens", () => model.Prefill(Chunk(0, 0, [1]), new float[4096]));
        Refused("Logits of 0 to 1 tokens", () => model.Prefill(Chunk(0, 0, [1]), new float[5]));
        Refused("needs 3 positions", () => model.Prefill(Chunk(0, 0, [1]) with { Positions = new int[2] }, []));
        Refused(
            "64 values for each of its 1 picture tokens", () => model.Prefill(Chunk(0, 0, [1]) with { MediaIndexes = new[] { 0 } }, []));
        Refused("2 rows of 2048 logits", () => model.Decode([1, 2], [1, 1], [1, 1], logits));
    }

    [Fact]
    public void A_snapshot_of_another_model_is_refused()
    {
        using var model = tiny.Open(1);
        using var other = tiny.Open(1);
        using var snapshot = other.Save(0, 4);

        Refused("The snapshot is of another model.", () => model.Restore(snapshot, 0));
    }

    [Fact]
    public void A_slot_is_never_longer_than_the_models_positions()
    {
        using var model = tiny.Open(1, maxLength: 100_000);

        Assert.Equal(4096, model.MaxLength);
    }

    private static void Refused(string sentence, Action action) =>
        Assert.Contains(sentence, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static int[] Tokens(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2000))];
    }

    private static PrefillChunk Chunk(int slot, int past, int[] tokens) => new()
    {
        Slot = slot,
        Past = past,
        TokenIds = tokens,
        Positions = Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(past, tokens.Length)).ToArray(),
    };

    private static float[] Prefill(ISequenceModel model, int slot, int[] tokens)
    {
        var logits = new float[model.VocabularySize];
        model.Prefill(Chunk(slot, 0, tokens), logits);
        return logits;
    }

    private static void Continue(ISequenceModel model, int slot, int past, int[] tokens) => model.Prefill(Chunk(slot, past, tokens), []);

    private static float[][] Decode(ISequenceModel model, int[] tokens, int[] past)
    {
        var logits = new float[tokens.Length * model.VocabularySize];
        model.Decode(tokens, past, past, logits);
        return [.. logits.Chunk(model.VocabularySize)];
    }

    private float[] Alone(IEnumerable<int> tokens) => Prefill(tiny.Alone, 0, [.. tokens]);

    private static void AssertNear(float[] expected, float[] actual) =>
        Assert.InRange(expected.Zip(actual, (first, second) => Math.Abs(first - second)).Max(), 0, Rounding);
}
