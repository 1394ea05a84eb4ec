using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Verification;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Gpu.Tests.Decoding;

[Collection<OneGpu>]
public sealed class TwoThreadsTests(GpuMachine machine) : IDisposable
{
    private const int PatchValues = 1536;
    private const int Steps = 12;

    private static readonly int[] Prompt = [5, 6, 7];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pictures_that_are_encoded_while_a_sequence_is_decoded_change_nothing_and_are_not_changed()
    {
        var execution = machine.Execution();
        var folder = await GpuModels.ConvertAsync("tiny-dense", Path.Combine(_folder.FolderPath, "model"), ModelPrecision.Fp32);
        using var vision = folder.CreateVisionEncoder(execution);
        using var model = folder.CreateSequenceModel(new SequenceModelOptions { Slots = 1, MaxLength = 64, Execution = execution });
        VisionPatches[] pictures = [.. Enumerable.Range(1, Steps).Select(size => Noise(2, 2 * size))];
        var embeddings = pictures.Select(picture => vision.Encode([picture])[0]).ToList();
        var tokens = Decode(model);

        var encoding = Task.Run(
            () => pictures.Select(picture => vision.Encode([picture])[0]).ToList(), TestContext.Current.CancellationToken);
        while (!encoding.IsCompleted)
        {
            Assert.Equal(tokens, Decode(model));
        }

        Assert.Equal(embeddings, await encoding);
    }

    /// <summary>The best tokens after a prompt, with a snapshot taken and given back in each step.</summary>
    private static List<int> Decode(ISequenceModel model)
    {
        var logits = new float[model.VocabularySize];
        var prompt = new PrefillChunk { Slot = 0, Past = 0, TokenIds = Prompt, Positions = new[] { 0, 1, 2, 0, 1, 2, 0, 1, 2 } };
        model.Prefill(prompt, logits);
        var best = new List<int> { Array.IndexOf(logits, logits.Max()) };
        for (var length = Prompt.Length; length < Steps; length++)
        {
            model.Save(0, length).Dispose();
            model.Decode([best[^1]], [length], [length], logits);
            best.Add(Array.IndexOf(logits, logits.Max()));
        }

        return best;
    }

    private static VisionPatches Noise(int height, int width)
    {
        var random = new Random(width);
        return new VisionPatches(
            [.. Enumerable.Range(0, height * width * PatchValues).Select(_ => (random.NextSingle() * 2) - 1)], 1, height, width, "");
    }
}
