using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Gpu.Tests.Verification;

/// <summary>What is lost in a precision is verified on the CPU, against the reference; here, that a GPU loses no more.</summary>
[Collection<OneGpu>]
public sealed class LossyGraphTests(GpuMachine machine) : IDisposable
{
    private const int PatchValues = 1536;
    private const int Pictured = 2;

    /// <summary>Behind a picture.</summary>
    private static readonly int[] Prompt = [50, 50, 17, 300, 1201, 45, 9, 801, 77];

    private static readonly int[] Answer = [640, 12];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <remarks>
    /// The CPU rounds to 8 bits what it multiplies with integers, too, and the GPU does not: random weights then route a token to another
    /// expert here and there, which the middle one of all tokens leaves out.
    /// </remarks>
    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Fp16, 1e-6)]
    [InlineData("tiny-moe", ModelPrecision.Int8, 0.02)]
    [InlineData("tiny-moe", ModelPrecision.Int4, 0.05)]
    [InlineData("tiny-dense", ModelPrecision.Int8, 0.02)]
    [InlineData("tiny-dense", ModelPrecision.Int4, 0.05)]
    [InlineData("nano", ModelPrecision.Int8, 0.02)]
    [InlineData("nano", ModelPrecision.Int4, 0.05)]
    public async Task A_gpu_gives_nearly_what_the_cpu_gives_with_the_same_weights(
        string checkpoint, ModelPrecision precision, double divergence)
    {
        var execution = machine.Execution();
        var cpu = new ExecutionProviderOptions { RuntimeLibrary = execution.RuntimeLibrary, Threads = 1 };
        var folder = await GpuModels.ConvertAsync(checkpoint, Path.Combine(_folder.FolderPath, "model"), precision);

        var placements = new Placements(execution);
        var (embeddings, logits) = Run(folder, execution);
        placements.AssertAllOnGpu();
        var (expectedEmbeddings, expected) = Run(folder, cpu);

        Assert.InRange(embeddings.Zip(expectedEmbeddings, (one, other) => Math.Abs(one - other)).Max(), 0, 1e-4f);
        var vocabulary = logits.Length / (Prompt.Length + Answer.Length);
        var distances = Enumerable.Range(0, Prompt.Length + Answer.Length)
            .Select(row => LogitDivergence.Mean(Row(logits, row), Row(expected, row), vocabulary))
            .Order()
            .ToList();
        TestContext.Current.TestOutputHelper!.WriteLine($"{checkpoint} {precision}: {string.Join(' ', distances)}");
        Assert.InRange(distances[distances.Count / 2], -1e-6, divergence);

        ReadOnlySpan<float> Row(float[] rows, int row) => rows.AsSpan(row * vocabulary, vocabulary);
    }

    /// <returns>A picture's embeddings, and the logits of all tokens: of a prompt and of two steps.</returns>
    private static (float[] Embeddings, float[] Logits) Run(ModelFolder folder, ExecutionProviderOptions execution)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 4 * Pictured * PatchValues).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
        using var vision = folder.CreateVisionEncoder(execution);
        var embeddings = vision.Encode([new VisionPatches(values, 1, 2, 2 * Pictured, "")])[0];
        using var model = folder.CreateSequenceModel(new SequenceModelOptions { Slots = 1, MaxLength = 32, Execution = execution });
        var logits = new float[(Prompt.Length + Answer.Length) * model.VocabularySize];
        var chunk = new PrefillChunk
        {
            Slot = 0,
            Past = 0,
            TokenIds = Prompt,
            Positions = Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, Prompt.Length)).ToArray(),
            MediaIndexes = Enumerable.Range(0, Pictured).ToArray(),
            MediaEmbeddings = embeddings,
        };
        model.Prefill(chunk, logits.AsSpan(0, Prompt.Length * model.VocabularySize));
        for (var i = 0; i < Answer.Length; i++)
        {
            var length = Prompt.Length + i;
            model.Decode([Answer[i]], [length], [length], logits.AsSpan(length * model.VocabularySize, model.VocabularySize));
        }

        return (embeddings, logits);
    }
}
