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

    [Theory]
    [InlineData(ModelPrecision.Fp16, "Gemm")]
    [InlineData(ModelPrecision.Int8, "MatMulNBits")]
    public async Task A_model_for_gpus_has_its_products_twice_and_its_weights_once(ModelPrecision precision, string product)
    {
        await ConvertAsync(TestData.Folder("tiny-moe"), GraphKind.Gpu, precision);

        foreach (var file in new[] { "text", "vision" })
        {
            var wide = Products(file + ".onnx");
            var half = Products(file + ".half.onnx");
            Assert.Equal(wide.Count, half.Count);
            Assert.DoesNotContain(wide, input => input.EndsWith(".rounded", StringComparison.Ordinal));

            // Four routers and the gates of three delta rules are exact in both.
            var exact = file == "text" && product == "Gemm" ? 7 : 0;
            Assert.Equal(exact, half.Count(input => !input.EndsWith(".rounded", StringComparison.Ordinal)));
            Assert.True(half.Count > 2 * exact);
            Assert.False(File.Exists(Path.Combine(Target, file + ".half.onnx.data")));
        }

        List<string> Products(string file) =>
        [
            .. OnnxNodes.Read(Path.Combine(Target, file)).Nodes
                .Where(node => node.Name == (file.StartsWith("vision", StringComparison.Ordinal) ? "Gemm" : product))
                .Select(node => node.Inputs[0])
        ];
    }

    /// <summary>The graph of a GPU that computes in 16 bits, on the CPU: it has the operators, but computes most of them in 32.</summary>
    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Fp16, 1e-6)]
    [InlineData("tiny-dense", ModelPrecision.Fp16, 1e-6)]
    [InlineData("tiny-moe", ModelPrecision.Int8, 0.03)]
    [InlineData("tiny-moe", ModelPrecision.Int4, 0.03)]
    public async Task A_model_for_gpus_gives_with_products_in_sixteen_bits_nearly_what_it_gives_in_32(
        string checkpoint, ModelPrecision precision, double difference)
    {
        await ConvertAsync(TestData.Folder(checkpoint), GraphKind.Gpu, precision);

        var half = await VerifyAsync(checkpoint, isHalf: true);
        var wide = await VerifyAsync(checkpoint, isHalf: false);

        Assert.Equal(7, half.Count);
        Assert.All([.. half, .. wide], result => Assert.Null(result.Failure));
        Assert.InRange(Math.Abs(Mean(half) - Mean(wide)), 1e-12, difference);

        static double Mean(List<VerifyResult> results) => results.Average(result => result.LogitDivergence!.Value);
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

    private Task ConvertAsync(string checkpoint, GraphKind? graph = null, ModelPrecision precision = ModelPrecision.Fp16) =>
        ModelConverter.ConvertAsync(
            checkpoint,
            Target,
            new ConversionOptions { Precision = precision, Graph = graph },
            null,
            TestContext.Current.CancellationToken);

    private async Task<List<VerifyResult>> VerifyAsync(string cases, bool isHalf) => await ModelVerifier.VerifyAsync(
        Target,
        TestData.Cases(cases),
        new ExecutionProviderOptions { HalfPrecision = isHalf, Threads = 1 },
        null,
        TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

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
