using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Decoding.States;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Checkpoints;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Conversion;

public sealed class PortableModelTests : IDisposable
{
    /// <summary>All operators of the default domain that the graphs need; none is newer than opset 21.</summary>
    private static readonly string[] Standard =
    [
        "Add", "Cast", "Concat", "Cos", "CumSum", "Div", "Equal", "Exp", "Expand", "Floor", "Gather", "GatherND", "Gelu", "Gemm",
        "Identity", "LayerNormalization", "Less",
        "LessOrEqual", "Loop", "MatMul", "Max", "Min", "Mod", "Mul", "Neg", "NonZero", "Or", "Pad", "Range", "ReduceMax", "ReduceMean",
        "ReduceSum", "Reshape", "Scan",
        "ScatterElements", "ScatterND", "Shape", "Sigmoid", "Sin", "Slice", "Softmax", "Softplus", "Split", "Sqrt", "Squeeze", "Sub", "Sum",
        "TopK", "Transpose",
        "Unsqueeze", "Where",
    ];

    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.FolderPath, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Fp32)]
    [InlineData("tiny-dense", ModelPrecision.Fp32)]
    [InlineData("tiny-moe", ModelPrecision.Fp16)]
    public async Task Every_golden_case_passes_with_standard_operators_alone(string checkpoint, ModelPrecision precision)
    {
        await ConvertAsync(TestData.Folder(checkpoint), precision);

        foreach (var file in new[] { GraphNames.TextFile, GraphNames.VisionFile, GraphNames.EmbeddingFile })
        {
            var nodes = OnnxNodes.Read(Path.Combine(Target, file));
            Assert.Equal([("", 21L)], nodes.OperatorSets);
            Assert.DoesNotContain(nodes.Operators, operation => operation.Domain.Length > 0 || !Standard.Contains(operation.Name));
        }

        var results = await ModelVerifier.VerifyAsync(
            Target, TestData.Cases(checkpoint), new ExecutionProviderOptions(), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, results.Count);
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.Equal(GraphKind.Portable, ModelFolder.Open(Target).Graph);
    }

    [Theory]
    [InlineData("tiny-moe", 300)]
    [InlineData("tiny-moe", 130)]
    [InlineData("tiny-moe", 64)]
    [InlineData("tiny-dense", 97)]
    public async Task Logits_and_states_are_those_of_the_fused_graph(string like, int chunk)
    {
        using var random = await RandomModel.CreateAsync(
            like,
            """{"text_config":{"linear_num_key_heads":2,"linear_num_value_heads":4}}""",
            new RandomCheckpointOptions { StandardDeviation = 0.15f },
            TestContext.Current.CancellationToken,
            new ConversionOptions { Graph = GraphKind.Fused });
        await ConvertAsync(random.CheckpointPath, ModelPrecision.Fp32);

        var (logits, states) = Run(random.ModelPath, chunk);
        var (portableLogits, portableStates) = Run(Target, chunk);

        AssertNear(logits, portableLogits);
        Assert.Equal(states.Length, portableStates.Length);
        foreach (var (name, state) in states)
        {
            AssertNear(state, portableStates.Single(other => other.Name == name).State);
        }
    }

    [Fact]
    public async Task What_is_left_of_other_sequences_in_the_cache_does_not_matter_even_if_it_is_no_number()
    {
        using var random = await RandomModel.CreateAsync(
            "tiny-moe",
            "{}",
            new RandomCheckpointOptions(),
            TestContext.Current.CancellationToken,
            new ConversionOptions { Graph = GraphKind.Portable });
        using var model = Open(random.ModelPath, 2);
        var expected = new float[2 * model.VocabularySize];
        Feed(model, 0, 0, [1, 2, 3], []);
        Feed(model, 1, 0, [.. Enumerable.Range(0, 30)], []);
        model.Decode([4, 5], [3, 30], [3, 30], expected);
        model.Prefill(
            Chunk(0, 0, [.. Enumerable.Range(0, 20)]) with
            {
                MediaIndexes = new[] { 0 },
                MediaEmbeddings = Enumerable.Repeat(float.NaN, model.HiddenSize).ToArray()
            },
            []);

        var actual = new float[2 * model.VocabularySize];
        Feed(model, 0, 0, [1, 2, 3], []);
        Feed(model, 1, 0, [.. Enumerable.Range(0, 30)], []);
        model.Decode([4, 5], [3, 30], [3, 30], actual);

        AssertNear(expected, actual);
    }

    [Theory]
    [InlineData(ModelPrecision.Int8)]
    [InlineData(ModelPrecision.Int4)]
    public async Task Integers_are_refused(ModelPrecision precision)
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => ConvertAsync(TestData.Folder("tiny-moe"), precision));

        Assert.Contains("A portable graph cannot be int", error.Message, StringComparison.Ordinal);
        Assert.Contains("--graph fused", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        GraphKind.Fused,
        "DirectML",
        "cannot run on DirectML, which lacks the operators of its fused graphs. Convert the checkpoint again with --graph portable")]
    [InlineData(GraphKind.Fused, "directml", "cannot run on DirectML")]
    [InlineData(GraphKind.Portable, "DirectML", "This build has no DirectML execution provider.")]
    [InlineData(GraphKind.Portable, "Cuda", "This build has no Cuda execution provider.")]
    public async Task A_provider_that_lacks_a_graphs_operators_is_refused(GraphKind graph, string provider, string sentence)
    {
        await ModelConverter.ConvertAsync(
            TestData.Folder("tiny-dense"), Target, new ConversionOptions { Graph = graph }, null, TestContext.Current.CancellationToken);
        var folder = ModelFolder.Open(Target);
        var execution = new ExecutionProviderOptions { Provider = provider };

        Action[] uses =
        [
            () => folder.CreateVisionEncoder(execution).Dispose(),
            () => folder.CreateSequenceModel(new SequenceModelOptions { Slots = 1, MaxLength = 8, Execution = execution }).Dispose(),
            () => ModelSource.Check(new EngineOptions { ModelFolder = Target, ExecutionProvider = provider }),
        ];

        Assert.All(
            uses, use => Assert.Contains(sentence, Assert.Throws<ExecutionProviderException>(use).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_is_converted_to_what_its_provider_can_run()
    {
        Assert.Equal(GraphKind.Cpu, ExecutionProviders.GraphFor("Cpu"));
        Assert.Equal(GraphKind.Fused, ExecutionProviders.GraphFor("Cuda"));
        Assert.Equal(GraphKind.Portable, ExecutionProviders.GraphFor("DIRECTML"));
        Assert.Equal(GraphKind.Portable, ExecutionProviders.GraphFor("/opt/libprovider.so"));
    }

    private Task ConvertAsync(string checkpoint, ModelPrecision precision) => ModelConverter.ConvertAsync(
        checkpoint,
        Target,
        new ConversionOptions { Precision = precision, Graph = GraphKind.Portable },
        null,
        TestContext.Current.CancellationToken);

    /// <summary>Three prompts of different length in chunks, then a few steps together, with an idle slot between them.</summary>
    private static (float[] Logits, (string Name, float[] State)[] States) Run(string folder, int chunk)
    {
        using var model = Open(folder, 4);
        var random = new Random(5);
        var logits = new List<float>();
        int[] lengths = [150, 0, 7, 290];
        for (var slot = 0; slot < lengths.Length; slot++)
        {
            var tokens = Enumerable.Range(0, lengths[slot]).Select(_ => random.Next(2000)).ToArray();
            for (var past = 0; past < tokens.Length; past += chunk)
            {
                var part = tokens[past..Math.Min(tokens.Length, past + chunk)];
                var some = new float[model.VocabularySize * Math.Min(part.Length, 3)];
                Feed(model, slot, past, part, some);
                logits.AddRange(some);
            }
        }

        for (var step = 0; step < 5; step++)
        {
            var all = new float[lengths.Length * model.VocabularySize];
            model.Decode([.. lengths.Select(_ => random.Next(2000))], lengths, [.. lengths.Select(length => length + 3)], all);
            for (var slot = 0; slot < lengths.Length; slot++)
            {
                logits.AddRange(lengths[slot] == 0 ? [] : all.AsSpan(slot * model.VocabularySize, model.VocabularySize));
                lengths[slot] += lengths[slot] == 0 ? 0 : 1;
            }
        }

        return ([.. logits], [.. new[] { 0, 2, 3 }.Select(slot => ($"slot {slot}", Saved(model, slot, lengths[slot])))]);
    }

    private static float[] Saved(ISequenceModel model, int slot, int length)
    {
        using var snapshot = (SequenceSnapshot)model.Save(slot, length);
        return snapshot.Data.Span(0, checked((int)snapshot.Data.Length)).ToArray();
    }

    private static ISequenceModel Open(string folder, int slots) =>
        ModelFolder.Open(folder).CreateSequenceModel(new SequenceModelOptions { Slots = slots, MaxLength = 320 });

    private static void Feed(ISequenceModel model, int slot, int past, int[] tokens, Span<float> logits) =>
        model.Prefill(Chunk(slot, past, tokens), logits);

    private static PrefillChunk Chunk(int slot, int past, int[] tokens) => new()
    {
        Slot = slot,
        Past = past,
        TokenIds = tokens,
        Positions = Enumerable.Range(0, 3)
            .SelectMany(axis => Enumerable.Range(past, tokens.Length).Select(position => position + (axis * (position % 4))))
            .ToArray(),
    };

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = expected.Zip(actual, (first, second) => Math.Abs(first - second)).Aggregate(0f, Math.Max);
        var scale = expected.Max(Math.Abs);
        TestContext.Current.TestOutputHelper!.WriteLine($"{difference} of {scale}");
        Assert.InRange(difference, 0, 1e-4f * scale);
    }
}
