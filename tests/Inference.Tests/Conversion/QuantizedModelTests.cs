using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Conversion;

public sealed class QuantizedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.FolderPath, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Int8, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Int8, GraphKind.Fused)]
    [InlineData("tiny-dense", ModelPrecision.Int8, GraphKind.Cpu)]
    [InlineData("tiny-dense", ModelPrecision.Int8, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Int4, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Int4, GraphKind.Fused)]
    [InlineData("tiny-moe", ModelPrecision.Int8, GraphKind.Gpu)]
    [InlineData("tiny-moe", ModelPrecision.Int4, GraphKind.Gpu)]
    public async Task A_quantised_model_stays_close_to_the_reference_and_says_what_it_is(
        string checkpoint, ModelPrecision precision, GraphKind graph)
    {
        await ConvertAsync(checkpoint, precision, graph);

        var results = await VerifyAsync(checkpoint);

        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.All(results, result => Assert.True(result.LogitDivergence > 1e-4, "Nothing was quantised."));
        var folder = ModelFolder.Open(Target);
        Assert.Equal(precision, folder.Precision);
        Assert.EndsWith("-" + precision.ToString().ToLowerInvariant(), folder.Identity, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(520, null, ModelPrecision.Int8, true)]
    [InlineData(512, null, ModelPrecision.Fp32, false)]
    [InlineData(520, ModelPrecision.Int4, ModelPrecision.Int4, false)]
    public void Large_experts_in_16_bits_lose_on_a_gpu_what_is_told_unless_a_precision_is_chosen(
        int intermediate, ModelPrecision? asked, ModelPrecision expected, bool isTold)
    {
        // Experts of 512 make of one layer the 128 MiB that every GPU takes as a tensor.
        var shape = Directory.CreateDirectory(Path.Combine(_folder.FolderPath, "shape")).FullName;
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(TestData.Folder("tiny-moe"), "config.json")))!;
        var text = config["text_config"]!.AsObject();
        text["num_experts"] = 512;
        text["moe_intermediate_size"] = intermediate;
        text["num_hidden_layers"] = 1;
        text["layer_types"] = new JsonArray("linear_attention");
        File.WriteAllText(Path.Combine(shape, "config.json"), config.ToJsonString());
        File.Copy(Path.Combine(TestData.Folder("tiny-moe"), "tokenizer.json"), Path.Combine(shape, "tokenizer.json"));
        List<string> notes = [];
        using var checkpoint = Checkpoint.OfRandomWeights(shape, seed: 0, repeats: true);

        ModelConverter.Convert(
            checkpoint,
            Target,
            new ConversionOptions { Precision = asked, Graph = GraphKind.Gpu },
            new Notes(notes),
            TestContext.Current.CancellationToken);

        Assert.Equal(expected, ModelFolder.Open(Target).Precision);
        Assert.Equal(isTold, notes is [.., var last] && last.Contains("--precision fp32 loses nothing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_quantised_model_of_another_checkpoint_fails()
    {
        await ConvertAsync("tiny-moe", ModelPrecision.Int8, null);

        var results = await VerifyAsync("tiny-dense");

        Assert.All(
            results,
            result => Assert.Matches("^The (embeddings differ by|logits diverge by [0-9.]+ nats, more than 0.15)", result.Failure!));
    }

    [Fact]
    public async Task Fewer_bits_take_less_room()
    {
        var sizes = new List<long>();
        foreach (var precision in new[] { ModelPrecision.Fp32, ModelPrecision.Int8, ModelPrecision.Int4 })
        {
            using var model = await RandomAsync(
                """{"text_config":{"hidden_size":256,"intermediate_size":512,"num_experts":16,"moe_intermediate_size":"""
                    + """256},"vision_config":{"out_hidden_size":256}}""",
                precision,
                []);
            sizes.Add(new FileInfo(Path.Combine(model.ModelPath, GraphNames.TextFile + ".data")).Length);
        }

        Assert.True(sizes[1] < 0.5 * sizes[0] && sizes[2] < 0.75 * sizes[1], string.Join(", ", sizes));
    }

    [Fact]
    public async Task Rows_that_cannot_be_cut_into_blocks_stay_in_floats_and_are_named()
    {
        List<string> notes = [];
        using var model = await RandomAsync(
            """{"text_config":{"moe_intermediate_size":40,"shared_expert_intermediate_size":40}}""",
            ModelPrecision.Int4,
            notes,
            GraphKind.Fused);

        Assert.Contains(
            "layers.0.feed_forward.experts stays in 32-bit floats: its rows of 64 and 40 values cannot be cut into blocks of 32.", notes);
        Assert.Contains(
            "layers.0.feed_forward.shared.down stays in 32-bit floats: its rows of 40 values cannot be cut into blocks of 32.", notes);
        Assert.DoesNotContain(notes, note => note.StartsWith("head ", StringComparison.Ordinal));
        var options = new EngineBenchmarkOptions
        {
            Batches = [2],
            PromptTokens = 8,
            GeneratedTokens = 4,
            Execution = new() { Threads = 1 }
        };
        Assert.Single(
            await EngineBenchmark.RunAsync(model.ModelPath, options, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken));
    }

    private static Task<RandomModel> RandomAsync(string changes, ModelPrecision precision, List<string> notes, GraphKind? graph = null) =>
        RandomModel.CreateAsync(
            "tiny-moe",
            changes,
            new RandomCheckpointOptions(),
            TestContext.Current.CancellationToken,
            new ConversionOptions { Precision = precision, Graph = graph },
            new Notes(notes));

    private Task ConvertAsync(string checkpoint, ModelPrecision precision, GraphKind? graph) =>
        ModelConverter.ConvertAsync(
            TestData.Folder(checkpoint),
            Target,
            new ConversionOptions { Precision = precision, Graph = graph },
            null,
            TestContext.Current.CancellationToken);

    private async Task<List<VerifyResult>> VerifyAsync(string cases) =>
        await ModelVerifier.VerifyAsync(
            Target, TestData.Cases(cases), new ExecutionProviderOptions(), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);

    private sealed class Notes(List<string> notes) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => notes.AddRange(value.Note is { } note ? [note] : []);
    }
}
