using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Kernels;

public sealed class CpuModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.FolderPath, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Bf16)]
    [InlineData("tiny-moe", ModelPrecision.Fp32)]
    [InlineData("tiny-dense", ModelPrecision.Bf16)]
    [InlineData("tiny-dense", ModelPrecision.Fp32)]
    [InlineData("tiny-moe", ModelPrecision.Fp32, GraphKind.Fused)]
    [InlineData("tiny-dense", ModelPrecision.Fp32, GraphKind.Fused)]
    [InlineData("tiny-dense", ModelPrecision.Fp32, GraphKind.Gpu)]
    public async Task Every_golden_case_passes_as_exactly_as_with_the_stock_operators(
        string checkpoint, ModelPrecision precision, GraphKind graph = GraphKind.Cpu)
    {
        var notes = await ConvertAsync(TestData.Folder(checkpoint), precision, graph);

        var results = await ModelVerifier.VerifyAsync(
            Target, TestData.Cases(checkpoint), new ExecutionProviderOptions(), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Empty(notes);
        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.Equal((precision, graph), (ModelFolder.Open(Target).Precision, ModelFolder.Open(Target).Graph));
    }

    [Fact]
    public async Task Bf16_halves_the_matrices()
    {
        var sizes = new List<long>();
        foreach (var precision in new[] { ModelPrecision.Fp32, ModelPrecision.Bf16 })
        {
            using var model = await RandomModel.CreateAsync(
                "tiny-moe",
                """{"text_config":{"num_experts":64,"moe_intermediate_size":256}}""",
                new RandomCheckpointOptions(),
                TestContext.Current.CancellationToken,
                new ConversionOptions { Precision = precision, Graph = GraphKind.Cpu });
            sizes.Add(new FileInfo(Path.Combine(model.ModelPath, GraphNames.TextFile + ".data")).Length);
        }

        Assert.InRange((double)sizes[1] / sizes[0], 0.45, 0.6);
    }

    [Fact]
    public async Task A_checkpoint_with_more_digits_than_bf16_is_rounded_and_the_user_told()
    {
        using var random = await RandomModel.CreateAsync(
            "tiny-moe", "{}", new RandomCheckpointOptions { Type = TensorType.F32 }, TestContext.Current.CancellationToken);

        var notes = await ConvertAsync(random.CheckpointPath, ModelPrecision.Bf16);

        Assert.StartsWith(
            "The checkpoint's matrices have more digits than bf16: they were rounded to 8 significant bits",
            Assert.Single(notes),
            StringComparison.Ordinal);
        Assert.Empty(await ConvertAsync(random.CheckpointPath, ModelPrecision.Fp32));
    }

    [Theory]
    [InlineData("BF16", null, ModelPrecision.Bf16)]
    [InlineData("BF16", GraphKind.Cpu, ModelPrecision.Bf16)]
    [InlineData("BF16", GraphKind.Fused, ModelPrecision.Fp32)]
    [InlineData("F16", null, ModelPrecision.Fp32)]
    [InlineData("F32", null, ModelPrecision.Fp32)]
    public async Task Without_a_precision_nothing_is_lost_and_nothing_is_stored_in_vain(
        string stored, GraphKind? graph, ModelPrecision expected)
    {
        using var random = await RandomModel.CreateAsync(
            "tiny-moe",
            "{}",
            new RandomCheckpointOptions { Type = Enum.Parse<TensorType>(stored) },
            TestContext.Current.CancellationToken,
            new ConversionOptions { Graph = graph });

        Assert.Equal(expected, ModelFolder.Open(random.ModelPath).Precision);
    }

    [Theory]
    [InlineData(ModelPrecision.Bf16, GraphKind.Fused, "need --graph cpu")]
    [InlineData(ModelPrecision.Fp16, GraphKind.Cpu, "cannot be fp16: it would compute in 32 bits")]
    [InlineData(ModelPrecision.Bf16, GraphKind.Gpu, "need --graph cpu")]
    public async Task A_precision_that_the_graph_has_no_operators_for_is_refused(ModelPrecision precision, GraphKind graph, string reason)
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => ModelConverter.ConvertAsync(
            TestData.Folder("tiny-moe"),
            Target,
            new ConversionOptions { Precision = precision, Graph = graph },
            null,
            TestContext.Current.CancellationToken));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Theory]
    [InlineData("tiny-moe", true)]
    [InlineData("tiny-dense", false)]
    public async Task The_user_is_told_what_experts_cost_on_a_gpu(string like, bool isTold)
    {
        var notes = new Notes();
        using var random = await RandomModel.CreateAsync(
            like,
            "{}",
            new RandomCheckpointOptions(),
            TestContext.Current.CancellationToken,
            new ConversionOptions { Graph = GraphKind.Gpu },
            notes);

        Assert.Equal(ModelPrecision.Fp32, ModelFolder.Open(random.ModelPath).Precision);
        Assert.Equal(
            isTold, notes.Texts.Any(note => note.StartsWith("Every expert is computed for every token", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Another_execution_provider_is_refused_with_what_to_do()
    {
        await ConvertAsync(TestData.Folder("tiny-moe"), ModelPrecision.Bf16);

        foreach (var (provider, graph) in new[] { ("Cuda", "fused"), ("DirectML", "portable") })
        {
            var execution = new ExecutionProviderOptions { Provider = provider };
            var error = Assert.Throws<ExecutionProviderException>(() => ModelFolder.Open(Target).CheckProvider(execution));
            Assert.Equal(
                $"{Target} cannot run on {provider}: its graphs were converted for the CPU. Convert the checkpoint again with --graph "
                    + $"{graph}, or choose the provider Cpu.",
                error.Message);
        }
    }

    [Theory]
    [InlineData(ModelPrecision.Bf16)]
    [InlineData(ModelPrecision.Int8)]
    [InlineData(ModelPrecision.Int4)]
    public async Task A_decoded_token_has_bit_for_bit_the_same_logits_alone_and_among_others(ModelPrecision precision)
    {
        await ConvertAsync(TestData.Folder("tiny-moe"), precision);
        using var model = ModelFolder.Open(Target).CreateSequenceModel(new SequenceModelOptions { Slots = 9, MaxLength = 64 });
        var vocabulary = model.VocabularySize;
        for (var slot = 0; slot < 9; slot++)
        {
            model.Prefill(Prompt(slot, 5 + (3 * slot)), new float[vocabulary]);
        }

        using var start = model.Save(0, 5);
        var alone = new float[vocabulary];
        model.Decode([77], [5], [5], alone);
        foreach (var count in new[] { 2, 5, 9 })
        {
            model.Restore(start, 0);
            var all = new float[count * vocabulary];
            model.Decode([77, .. Enumerable.Range(100, count - 1)], Lengths(count), Lengths(count), all);
            Assert.Equal(alone, all[..vocabulary]);
        }

        static int[] Lengths(int count) => [.. Enumerable.Range(0, count).Select(slot => 5 + (3 * slot))];
    }

    private static PrefillChunk Prompt(int slot, int length) => new()
    {
        Slot = slot,
        Past = 0,
        TokenIds = Enumerable.Range(0, length).Select(i => 10 + slot + (7 * i)).ToArray(),
        Positions = Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, length)).ToArray(),
    };

    private async Task<List<string>> ConvertAsync(string checkpoint, ModelPrecision precision, GraphKind graph = GraphKind.Cpu)
    {
        var notes = new Notes();
        await ModelConverter.ConvertAsync(
            checkpoint,
            Target,
            new ConversionOptions { Precision = precision, Graph = graph },
            notes,
            TestContext.Current.CancellationToken);
        return notes.Texts;
    }

    private sealed class Notes : IProgress<ConversionProgress>
    {
        public List<string> Texts { get; } = [];

        public void Report(ConversionProgress value) => Texts.AddRange(value.Note is { } note ? [note] : []);
    }
}
