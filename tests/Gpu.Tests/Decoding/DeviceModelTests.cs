using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Decoding;

[Collection<OneGpu>]
public sealed class DeviceModelTests(GpuMachine machine) : IDisposable
{
    private const int Vocabulary = 2048;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sequences_in_a_batch_in_other_slots_and_behind_a_snapshot_go_on_as_they_do_alone()
    {
        int[][] prompts = [Tokens(1, 9), Tokens(2, 40), [.. Tokens(2, 20), .. Tokens(3, 5)]];
        using var model = await OpenAsync(slots: 4);
        var alone = new List<float[]>();
        foreach (var prompt in prompts)
        {
            var logits = new float[Vocabulary];
            Feed(model, 0, 0, prompt, []);
            model.Decode([7], [prompt.Length], [prompt.Length], logits);
            alone.Add(logits);
        }

        // In chunks, by turns, and one in a slot from which it moves.
        Feed(model, 0, 0, prompts[0][..4], []);
        Feed(model, 3, 0, prompts[1][..20], []);
        using var snapshot = model.Save(3, 20);
        Feed(model, 0, 4, prompts[0][4..], []);
        Feed(model, 3, 20, prompts[1][20..], []);
        model.Restore(snapshot, 2);
        Feed(model, 2, 20, prompts[2][20..], []);
        model.CopySlot(3, 1, prompts[1].Length);
        var together = new float[3 * Vocabulary];
        int[] lengths = [.. prompts.Select(prompt => prompt.Length)];
        model.Decode([7, 7, 7], lengths, lengths, together);

        for (var row = 0; row < prompts.Length; row++)
        {
            AssertNear(alone[row], together.AsSpan(row * Vocabulary, Vocabulary));
        }
    }

    [Fact]
    public async Task What_crosses_in_a_step_does_not_depend_on_the_context()
    {
        using var model = await OpenAsync(slots: 2);
        var logits = new float[2 * Vocabulary];
        var steps = new List<DeviceTraffic>();
        foreach (var length in new[] { 3, 90 })
        {
            for (var slot = 0; slot < 2; slot++)
            {
                Feed(model, slot, 0, Tokens(slot, length), []);
            }

            var before = model.Traffic!.Value;
            model.Decode([1, 2], [length, length], [length, length], logits);
            steps.Add(model.Traffic!.Value - before);
        }

        Assert.Equal(steps[0], steps[1]);
        Assert.Equal((1L, 2L * Vocabulary * sizeof(float)), (steps[0].DecodeSteps, steps[0].DecodeBytesDown));
        Assert.InRange(steps[0].DecodeBytesUp, 1, 200);
        Assert.Equal(0, model.Traffic!.Value.PrefillBytesDown);
    }

    private async Task<ISequenceModel> OpenAsync(int slots)
    {
        var execution = machine.Execution();
        var folder = await GpuModels.ConvertAsync("tiny-dense", Path.Combine(_folder.FolderPath, "model"), ModelPrecision.Fp32);
        return folder.CreateSequenceModel(new SequenceModelOptions { Slots = slots, MaxLength = 128, Execution = execution });
    }

    private static int[] Tokens(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2000))];
    }

    private static void Feed(ISequenceModel model, int slot, int past, int[] tokens, Span<float> logits) => model.Prefill(
        new PrefillChunk
        {
            Slot = slot,
            Past = past,
            TokenIds = tokens,
            Positions = Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(past, tokens.Length)).ToArray(),
        },
        logits);

    private static void AssertNear(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var difference = 0f;
        for (var i = 0; i < expected.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
        }

        Assert.InRange(difference, 0, 1e-3f);
    }
}
