using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Conversion;

public sealed class HalfModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.FolderPath, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", GraphKind.Fused)]
    [InlineData("tiny-dense", GraphKind.Fused)]
    [InlineData("tiny-moe", GraphKind.Gpu)]
    [InlineData("tiny-dense", GraphKind.Gpu)]
    public async Task Sixteen_bits_are_nearly_the_reference(string checkpoint, GraphKind graph)
    {
        await ConvertAsync(TestData.Folder(checkpoint), graph);

        var results = await ModelVerifier.VerifyAsync(
            Target, TestData.Cases(checkpoint), new ExecutionProviderOptions(), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.All(results, result => Assert.InRange(result.LogitDivergence!.Value, -1e-6, 1e-3));
        Assert.All(results, result => Assert.True(result.LogitDifference > 0));
        Assert.EndsWith("-fp16", ModelFolder.Open(Target).Identity, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attention_with_biases_has_them_in_sixteen_bits_too()
    {
        using var random = await RandomModel.CreateAsync(
            "tiny-moe",
            """{"text_config":{"attention_bias":true}}""",
            new RandomCheckpointOptions { StandardDeviation = 0.15f },
            TestContext.Current.CancellationToken);
        await ConvertAsync(random.CheckpointPath);

        var (exact, half) = (Logits(random.ModelPath), Logits(Target));

        Assert.InRange(exact.Zip(half, (first, second) => Math.Abs(first - second)).Max(), 1e-7f, 0.01f * exact.Max(Math.Abs));
    }

    [Fact]
    public async Task A_weight_beyond_their_range_is_named()
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => RandomModel.CreateAsync(
            "tiny-moe",
            "{}",
            new RandomCheckpointOptions { StandardDeviation = 40_000 },
            TestContext.Current.CancellationToken,
            new ConversionOptions { Precision = ModelPrecision.Fp16 }));

        Assert.Matches(
            @"model\.safetensors: tensor model\.language_model\.layers\.0\.linear_attn\.in_proj_qkv\.weight has the value -?[0-9]+, which "
                + @"16-bit floats cannot hold: they end at 65500\.",
            error.Message);
    }

    private Task ConvertAsync(string checkpoint, GraphKind? graph = null) => ModelConverter.ConvertAsync(
        checkpoint,
        Target,
        new ConversionOptions { Precision = ModelPrecision.Fp16, Graph = graph },
        null,
        TestContext.Current.CancellationToken);

    private static float[] Logits(string folder)
    {
        using var model = ModelFolder.Open(folder).CreateSequenceModel(new SequenceModelOptions { Slots = 1, MaxLength = 8 });
        var logits = new float[4 * model.VocabularySize];
        model.Prefill(
            new PrefillChunk
            {
                Slot = 0,
                Past = 0,
                TokenIds = new[] { 5, 6, 7, 8 },
                Positions = new[] { 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 }
            },
            logits);
        return logits;
    }
}
