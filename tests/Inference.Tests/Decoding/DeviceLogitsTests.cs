using Microsoft.ML.OnnxRuntime;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Sampling;
using Qwen35Batch.Inference.Tests.Checkpoints;

namespace Qwen35Batch.Inference.Tests.Decoding;

/// <summary>The best logits of rows that are written here, in the memory of the CPU as that of a device.</summary>
public sealed class DeviceLogitsTests : IAsyncLifetime
{
    private const int Vocabulary = 40_000;
    private const int Rows = 70;

    private RandomModel? _model;
    private InferenceSession? _session;
    private OrtAllocator? _allocator;
    private DeviceLogits? _logits;

    public async ValueTask InitializeAsync()
    {
        _model = await RandomModel.CreateAsync(
            "tiny-dense",
            $$$"""{"text_config":{"vocab_size":{{{Vocabulary}}}}}""",
            new RandomCheckpointOptions(),
            TestContext.Current.CancellationToken,
            new ConversionOptions { Graph = GraphKind.Gpu });
        _session = OnnxSessions.Load(Path.Combine(_model.ModelPath, GraphNames.BestFile), new ExecutionProviderOptions());
        using var info = new OrtMemoryInfo("Cpu", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        _allocator = new OrtAllocator(_session, info);
        _logits = new DeviceLogits(_session, _allocator, Rows, Vocabulary);
    }

    public ValueTask DisposeAsync()
    {
        _logits?.Dispose();
        _allocator?.Dispose();
        _model?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void The_best_of_neighbours_are_told_as_far_as_they_are_certain()
    {
        // The best hundred stand side by side, the next ones far apart.
        var row = Row(id => id is >= 1000 and < 1100 ? 50 - ((id - 1000) / 10f) : id % 400 == 0 ? 20 - (id / 4000f) : -id / 1000f);

        var best = Read([row], [[]])[0];

        Assert.Equal(Vocabulary, best.Allowed);
        Assert.False(best.IsAll);
        Assert.Equal([.. Enumerable.Range(1000, best.Ids.Length)], best.Ids.ToArray().Order());
        Assert.InRange(best.Ids.Length, 24, 64);
        Assert.Equal(row[1000 + best.Ids.Length], best.Floor);
        Assert.Equal(row.Sum(logit => Math.Exp(logit - 50)), best.Sum, 5);
    }

    [Fact]
    public void Of_equals_nothing_is_certain_but_few_are_told_all()
    {
        var mask = new ulong[Vocabulary / 64];
        mask[3] = 0b1011;
        mask[^1] = 1UL << 63;

        var rows = Read([Row(_ => 1), Row(_ => 1)], [[], mask]);

        Assert.Equal((0, 1f), (rows[0].Ids.Length, rows[0].Floor));
        Assert.Equal(Vocabulary, rows[0].Sum, 1);
        Assert.Equal([192, 193, 195, Vocabulary - 1], rows[1].Ids.ToArray().Order());
        Assert.Equal((4, true, 4d), (rows[1].Allowed, rows[1].IsAll, rows[1].Sum));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Logits_that_are_no_numbers_are_noticed_wherever_they_stand(float broken)
    {
        var mask = new ulong[Vocabulary / 64];
        mask[0] = 1;

        var rows = Read([Row(id => id == 39_999 ? broken : id % 7), Row(id => id % 7)], [mask, mask]);

        Assert.Equal([false, true], rows.Select(row => row.IsFinite));
    }

    [Fact]
    public void A_mask_that_allows_nothing_is_told() => Assert.Equal(0, Read([Row(id => id % 7)], [new ulong[Vocabulary / 64]])[0].Allowed);

    [Fact]
    public void Many_rows_with_masks_alike_and_different_are_each_read_as_alone()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, Rows).Select(_ => Row(_ => random.NextSingle() * 20)).ToArray();
        var masks = Enumerable.Range(0, Rows).Select(row => row % 3 == 0 ? [] : Mask(row % 5)).ToArray();

        var best = Read(rows, masks);

        var (whole, some) = (new Sampler(Vocabulary), new BestSampler(Vocabulary));
        for (var row = 0; row < Rows; row++)
        {
            var expected = whole.NextMeasured([.. rows[row]], masks[row], SamplingSettings.Greedy, []);
            var actual = some.Next(best[row], SamplingSettings.Greedy, [])!.Value;
            Assert.Equal((expected.Id, expected.Margin, expected.Allowed), (actual.Id, actual.Margin, actual.Allowed));
            Assert.Equal(expected.Probability, actual.Probability, 5);
        }

        // They go in three runs, with six, six and five masks that differ.
        Assert.Equal((17L * sizeof(uint) * LogitBlocks.MaskLength(Vocabulary)) + (2L * sizeof(int) * Rows), _logits!.Crossed.Up);
    }

    private static float[] Row(Func<int, float> logit) => [.. Enumerable.Range(0, Vocabulary).Select(logit)];

    private static ulong[] Mask(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Vocabulary / 64).Select(_ => (ulong)random.NextInt64() & (ulong)random.NextInt64())];
    }

    private List<BestLogits> Read(float[][] rows, ulong[][] masks)
    {
        var memory = _logits!.First(rows.Length).GetTensorMutableDataAsSpan<float>();
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(memory[(row * Vocabulary)..]);
        }

        var best = masks.Select((mask, row) => new BestLogits(row, LogitBlocks.Room(Vocabulary)) { Mask = mask }).ToList();
        _logits.Read(best);
        return best;
    }
}
