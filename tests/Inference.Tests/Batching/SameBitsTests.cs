using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tests.Decoding;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Inference.Verification;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Tests.Batching;

/// <summary>Real models through the engine, compared to the last bit of every logit.</summary>
public sealed class SameBitsTests : IDisposable
{
    private const int Prefix = 24;
    private const int Generated = 40;
    private const int Marker = 900;
    private const int Length = 288;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny-moe", ModelPrecision.Bf16, true)]
    [InlineData("tiny-moe", ModelPrecision.Fp32, true)]
    [InlineData("tiny-moe", ModelPrecision.Int8, true, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Int4, true, GraphKind.Cpu)]
    [InlineData("tiny-moe", ModelPrecision.Int8, false, GraphKind.Fused)]
    [InlineData("tiny-dense", ModelPrecision.Fp32, true)]
    [InlineData("tiny-dense", ModelPrecision.Int8, true, GraphKind.Fused)]
    public async Task With_fixed_shapes_logits_and_probabilities_have_the_same_bits_alone_among_31_neighbours_and_behind_a_snapshot(
        string checkpoint, ModelPrecision precision, bool sharesSteps, GraphKind graph = GraphKind.Cpu)
    {
        var path = Path.Combine(_folder.FolderPath, "model");
        await ModelConverter.ConvertAsync(
            TestData.Folder(checkpoint),
            path,
            new ConversionOptions { Precision = precision, Graph = graph },
            null,
            TestContext.Current.CancellationToken);
        var folder = ModelFolder.Open(path);

        var (alone, sure, _, _) = await RunAsync(folder, prefixBytes: 0, sharesSteps, [], []);
        var (crowded, sureInCrowd, neighbours, _) = await RunAsync(
            folder, prefixBytes: 0, sharesSteps, [], [.. Enumerable.Range(1, 31)]);
        var (late, sureLate, _, cached) = await RunAsync(
            folder, prefixBytes: 1 << 24, sharesSteps, [1, 2], [.. Enumerable.Range(3, 20)]);

        Assert.Equal(Generated, alone.Count);
        Assert.All(alone.Zip(crowded), pair => Assert.Equal(pair.First, pair.Second));
        Assert.All(alone.Zip(late), pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(Generated, sure.Count);
        Assert.Equal(sure, sureInCrowd);
        Assert.Equal(sure, sureLate);
        Assert.Equal(Prefix, cached);
        Assert.InRange(neighbours, sharesSteps ? 25 : 0, 31);
    }

    /// <summary>The logits of the request under test, which arrives when its neighbours have just begun.</summary>
    private static async Task<(List<float[]> Logits, IReadOnlyList<AnswerChoice> Choices, int Neighbours, int Cached)> RunAsync(
        ModelFolder folder, long prefixBytes, bool sharesSteps, int[] before, int[] beside)
    {
        var limits = new BatchLimits { Slots = 32, SequenceTokens = Length, PrefillTokens = 96, VisionPatches = 64, FixedShapes = true };
        var execution = new ExecutionProviderOptions { Threads = 2 };
        var tap = new LogitTap(
            folder.CreateSequenceModel(new SequenceModelOptions { Slots = limits.StateSlots, MaxLength = Length, Execution = execution }),
            Marker,
            sharesSteps ? beside.Length * 9 / 10 : 0);
        var settings = new EngineLoopSettings
        {
            Limits = limits,
            QueueCapacity = 64,
            PrefixCacheBytes = prefixBytes,
            EmbeddingCacheBytes = 0
        };
        var vocabulary = new TokenVocabulary(new byte[]?[tap.VocabularySize], []);
        await using var engine = new EngineLoop(
            tap, folder.CreateVisionEncoder(execution), vocabulary, settings, TimeProvider.System, NullLogger<EngineLoop>.Instance);
        await Task.WhenAll(before.Select(seed => engine.Ask(Request(folder, seed))));

        using var enough = new CancellationTokenSource();
        var others = Task.WhenAll(beside.Select(seed => engine.RunAsync(_ => Request(folder, seed), enough.Token)));
        if (sharesSteps && beside.Length > 0)
            await tap.Crowded.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        var marked = await engine.Ask(Request(folder, 0));
        await enough.CancelAsync();
        await ((Task)others).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (tap.Logits, marked.Choices, tap.MostNeighbours, marked.CachedPromptTokens);
    }

    /// <summary>The shared prefix, a picture, and text; the neighbours answer until they are told that it is enough.</summary>
    private static EngineRequest Request(ModelFolder folder, int seed)
    {
        var random = new Random(seed);
        var vision = folder.Config.Vision;
        var pixels = Enumerable.Range(0, 4 * (4 + (2 * (seed % 3))) * vision.PatchValues).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var picture = new VisionPatches(pixels, 1, 4, 4 + (2 * (seed % 3)), $"picture {seed}");
        int[] tokens =
        [
            .. Enumerable.Range(10, Prefix),
            .. Enumerable.Repeat(folder.Config.ImageTokenId, picture.TokenCount),
            .. Enumerable.Range(0, seed == 0 ? 150 : 30 + (seed * 3 % 40)).Select(_ => random.Next(Marker)),
            seed == 0 ? Marker : 5,
            6,
        ];
        return new EngineRequest
        {
            Prompt = new PreparedPrompt
            {
                TokenIds = tokens,
                Positions = [.. Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, tokens.Length))],
                RopeDelta = 0,
                Media = [picture],
                MediaTokenIndexes = [.. Enumerable.Range(Prefix, picture.TokenCount)],
                SharedPrefixLength = Prefix,
                PictureCount = 1,
            },
            WantsChoices = seed % 2 == 0,
            MaxOutputTokens = seed == 0 ? Generated : Length - tokens.Length,
        };
    }
}
