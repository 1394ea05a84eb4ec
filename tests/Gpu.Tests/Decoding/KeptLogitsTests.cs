using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Gpu.Tests.Decoding;

[Collection<OneGpu>]
public sealed class KeptLogitsTests(GpuMachine machine) : IDisposable
{
    private const int Vocabulary = 2048;
    private const int Rows = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("WebGpu")]
    [InlineData("Cpu")]
    public async Task Of_the_best_logits_the_tokens_and_probabilities_are_those_of_whole_rows(string provider)
    {
        using var model = await OpenAsync(provider);
        var logits = Decode(model);
        var (whole, best) = (new Sampler(Vocabulary), new BestSampler(Vocabulary));
        var enough = 0;
        for (var round = 0; round < 12; round++)
        {
            var rows = Enumerable.Range(0, Rows)
                .Select(row => new BestLogits(row, LogitBlocks.Room(Vocabulary)) { Mask = Mask(round, row) })
                .ToList();
            model.Kept!.Read(rows);
            foreach (var row in rows)
            {
                foreach (var settings in Settings(round))
                {
                    var copy = logits.AsSpan(row.Row * Vocabulary, Vocabulary).ToArray();
                    var expected = whole.NextMeasured(copy, row.Mask.Span, settings, [1, 2, 3]);
                    if (best.Next(row, settings, [1, 2, 3]) is not { } actual) continue;
                    enough++;
                    Assert.Equal((expected.Id, expected.Allowed), (actual.Id, actual.Allowed));
                    Assert.InRange(actual.Probability, expected.Probability - 1e-5, expected.Probability + 1e-5);
                    Assert.True(actual.Margin == expected.Margin || Math.Abs(actual.Margin - expected.Margin) < 1e-4);
                }
            }
        }

        Assert.InRange(enough, 12 * Rows * 3, 12 * Rows * 5);
    }

    [Theory]
    [InlineData("WebGpu")]
    [InlineData("Cpu")]
    public async Task Whole_rows_can_be_brought_down_and_little_crosses_without(string provider)
    {
        using var model = await OpenAsync(provider);
        var logits = Decode(model);
        Prefill(model);
        var before = model.Traffic!.Value;
        Decode(model, []);
        var rows = Enumerable.Range(0, Rows)
            .Select(row => new BestLogits(row, LogitBlocks.Room(Vocabulary)) { Mask = Mask(7, 0) })
            .ToList();
        model.Kept!.Read(rows);
        var step = model.Traffic!.Value - before;
        var row = new float[Vocabulary];
        model.Kept.ReadWhole(1, row);

        Assert.Equal(logits[Vocabulary..(2 * Vocabulary)], row);
        Assert.Equal(Rows * ((4 * (2 + 16 + 256)) + (8 * (16 + 256))), step.DecodeBytesDown);
        Assert.InRange(step.DecodeBytesUp, Vocabulary / 8, (Vocabulary / 8) + 250);
        Assert.Equal(Vocabulary * 4, (model.Traffic!.Value - before - step).DecodeBytesDown);
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
        var logits = new float[Rows * Vocabulary];
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

    /// <summary>All, some, few and one.</summary>
    private static ulong[] Mask(int round, int row)
    {
        var random = new Random((round * Rows) + row);
        var mask = new ulong[Vocabulary / 64];
        if (round == 0) return [];
        for (var id = 0; id < Vocabulary; id++)
        {
            if (random.Next(1 << (round - 1)) == 0) mask[id >> 6] |= 1UL << (id & 63);
        }

        mask[31] |= 1UL << (63 - row);
        return mask;
    }

    private async Task<ISequenceModel> OpenAsync(string provider)
    {
        var execution = machine.Execution();
        var folder = await GpuModels.ConvertAsync("tiny-dense", Path.Combine(_folder.FolderPath, "model"), ModelPrecision.Fp32);
        return folder.CreateSequenceModel(new SequenceModelOptions
        {
            Slots = 4,
            MaxLength = 64,
            Execution = new ExecutionProviderOptions { Provider = provider, RuntimeLibrary = execution.RuntimeLibrary },
        });
    }
}
