using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Decoding;

[Collection<OneGpu>]
public sealed class KeptLogitsTests(GpuMachine machine) : IDisposable
{
    private const int Rows = 3;
    private const int Small = 2048;

    /// <summary>Qwen3.5's.</summary>
    private const int Large = 248_320;

    /// <summary>Whole words of a mask and whole blocks end elsewhere.</summary>
    private const int Odd = 40_001;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("WebGpu", Small)]
    [InlineData("WebGpu", Odd)]
    [InlineData("Cpu", Small)]
    [InlineData("Cpu", Large)]
    public async Task Of_the_best_logits_the_tokens_and_probabilities_are_those_of_whole_rows(string provider, int vocabulary)
    {
        using var model = await OpenAsync(provider, vocabulary);
        var logits = Decode(model);
        var (whole, best) = (new Sampler(vocabulary), new BestSampler(vocabulary));
        var enough = 0;
        int[] rounds = vocabulary == Small ? [.. Enumerable.Range(0, 12)] : [0, 3, 9];
        foreach (var round in rounds)
        {
            var rows = Enumerable.Range(0, Rows).Select(row => Room(vocabulary, row, Mask(vocabulary, round, row))).ToList();
            model.Kept!.Read(rows);
            foreach (var (row, settings) in rows.SelectMany(row => Settings(round).Select(settings => (row, settings))))
            {
                var copy = logits.AsSpan(row.Row * vocabulary, vocabulary).ToArray();
                var expected = whole.NextMeasured(copy, row.Mask.Span, settings, [1, 2, 3]);
                if (best.Next(row, settings, [1, 2, 3]) is not { } actual) continue;
                enough++;
                Assert.Equal((expected.Id, expected.Allowed), (actual.Id, actual.Allowed));
                Assert.InRange(actual.Probability, expected.Probability - 1e-5, expected.Probability + 1e-5);
                Assert.True(actual.Margin == expected.Margin || Math.Abs(actual.Margin - expected.Margin) < 1e-4);
            }
        }

        Assert.InRange(enough, rounds.Length * Rows * 3, rounds.Length * Rows * 5);
    }

    [Theory]
    [InlineData("WebGpu", Small, 16)]
    [InlineData("Cpu", Large, 32)]
    public async Task Whole_rows_can_be_brought_down_and_little_crosses_without(string provider, int vocabulary, int most)
    {
        using var model = await OpenAsync(provider, vocabulary);
        var logits = Decode(model);
        Prefill(model);
        var before = model.Traffic!.Value;
        Decode(model, []);
        model.Kept!.Read([.. Enumerable.Range(0, Rows).Select(row => Room(vocabulary, row, Mask(vocabulary, 7, 0)))]);
        var step = model.Traffic!.Value - before;
        var row = new float[vocabulary];
        model.Kept.ReadWhole(1, row);

        Assert.Equal(logits[vocabulary..(2 * vocabulary)], row);
        Assert.Equal(Rows * ((4 * (2 + most + (most * most))) + (8 * (most + (most * most)))), step.DecodeBytesDown);
        Assert.InRange(step.DecodeBytesUp, vocabulary / 8, (vocabulary / 8) + 250);
        Assert.Equal(vocabulary * sizeof(float), (model.Traffic!.Value - before - step).DecodeBytesDown);
    }

    [Fact]
    public async Task The_best_logits_are_found_without_help_from_the_cpu()
    {
        var execution = machine.Execution();
        var target = Path.Combine(_folder.FolderPath, "model");
        await GpuModels.ConvertAsync("tiny-dense", target, ModelPrecision.Fp32);
        ExecutionProviders.Choose(execution);
        using var options = new SessionOptions();
        options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
        ExecutionProviders.Append(options, execution);

        using var session = new InferenceSession(Path.Combine(target, GraphNames.BestFile), options);

        Assert.Equal(4, session.InputNames.Count);
    }

    /// <summary>The logits of a step whole, and the same step again with its logits kept.</summary>
    private static float[] Decode(ISequenceModel model)
    {
        var logits = new float[Rows * model.VocabularySize];
        Prefill(model);
        Decode(model, logits);
        Prefill(model);
        Decode(model, []);
        return logits;
    }

    private static void Prefill(ISequenceModel model)
    {
        for (var slot = 0; slot < Rows; slot++)
        {
            var tokens = Enumerable.Range(10 * slot, 5).ToArray();
            var positions = Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, 5)).ToArray();
            model.Prefill(new PrefillChunk { Slot = slot, Past = 0, TokenIds = tokens, Positions = positions }, []);
        }
    }

    private static void Decode(ISequenceModel model, Span<float> logits) => model.Decode([7, 8, 9], [5, 5, 5], [5, 5, 5], logits);

    private static IEnumerable<SamplingSettings> Settings(int seed) =>
    [
        new(),
        new() { PresencePenalty = 1.5f, Seed = seed },
        new() { Temperature = 0.7f, TopK = 20, TopP = 0.8f, Seed = seed },
        new() { Temperature = 0.6f, TopP = 0.3f, Seed = seed },
        new() { Temperature = 1, MinP = 0.5f, PresencePenalty = 0.5f, Seed = seed },
    ];

    private static BestLogits Room(int vocabulary, int row, ulong[] mask) => new(row, LogitBlocks.Room(vocabulary)) { Mask = mask };

    /// <summary>All, some, few and one.</summary>
    private static ulong[] Mask(int vocabulary, int round, int row)
    {
        var random = new Random((round * Rows) + row);
        var mask = new ulong[(vocabulary + 63) / 64];
        if (round == 0) return [];
        for (var id = 0; id < vocabulary; id++)
        {
            if (random.Next(1 << (round - 1)) == 0) mask[id >> 6] |= 1UL << (id & 63);
        }

        mask[^1] |= 1;
        return mask;
    }

    private async Task<ISequenceModel> OpenAsync(string provider, int vocabulary)
    {
        var shape = File.ReadAllText(Path.Combine(GpuModels.Checkpoint("tiny-dense"), "config.json"));
        var config = Path.Combine(_folder.FolderPath, "config.json");
        await File.WriteAllTextAsync(
            config,
            shape.Replace("\"vocab_size\": 2048", $"\"vocab_size\": {vocabulary}", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var execution = machine.Execution();
        var library = execution.RuntimeLibrary;
        using var random = await RandomModelFolder.CreateAsync(
            config, ModelPrecision.Fp32, null, TestContext.Current.CancellationToken, execution.Provider);
        var model = ModelFolder.Open(random.FolderPath).CreateSequenceModel(new SequenceModelOptions
        {
            Slots = 4,
            MaxLength = 64,
            Execution = new ExecutionProviderOptions { Provider = provider, RuntimeLibrary = library },
        });
        Assert.Equal(vocabulary, model.VocabularySize);
        return model;
    }
}
