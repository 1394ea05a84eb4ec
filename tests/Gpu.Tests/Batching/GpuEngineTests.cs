using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Inference.Verification;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Gpu.Tests.Batching;

[Collection<OneGpu>]
public sealed class GpuEngineTests(GpuMachine machine) : IDisposable
{
    private const int Length = 96;
    private const int Prefix = 16;
    private const int Generated = 6;
    private const int PatchValues = 1536;

    /// <summary>Requests with these numbers have a picture, of which no two have the same size.</summary>
    private static readonly int[] WithPicture = [1, 3];

    private readonly TemporaryFolder _folder = new();
    private ISequenceModel? _model;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_and_pictures_together_with_a_cancelled_one_and_a_shared_prefix_get_the_answers_that_they_get_alone()
    {
        var execution = machine.Execution();
        var folder = await GpuModels.ConvertAsync("tiny-dense", Path.Combine(_folder.FolderPath, "model"), ModelPrecision.Fp32);
        var alone = new List<int[]>();
        await using (var engine = Open(folder, execution, prefixBytes: 0))
        {
            foreach (var seed in Enumerable.Range(0, 4))
            {
                alone.Add((await engine.RunAsync(_ => Request(seed, Generated), TestContext.Current.CancellationToken)).TokenIds);
            }

            // One row a step, of which only the best comes down.
            var traffic = _model!.Traffic!.Value;
            Assert.Equal(4 * Generated, traffic.DecodeSteps);
            Assert.InRange(traffic.DecodeBytesDown, 1, traffic.DecodeSteps * _model.VocabularySize * sizeof(float) / 2);
        }

        await using var crowded = Open(folder, execution, prefixBytes: 1 << 24);
        using var enough = new CancellationTokenSource();
        var endless = crowded.RunAsync(_ => Request(9, Length - 60), enough.Token);
        var first = await crowded.RunAsync(_ => Request(0, Generated), TestContext.Current.CancellationToken);
        var others = Enumerable.Range(1, 3)
            .Select(seed => crowded.RunAsync(_ => Request(seed, Generated), TestContext.Current.CancellationToken))
            .ToList();
        await enough.CancelAsync();
        Generation[] together = [first, .. await Task.WhenAll(others)];
        await ((Task)endless).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.Equal(alone, together.Select(answer => answer.TokenIds));
        Assert.All(together[1..], answer => Assert.Equal(Prefix, answer.CachedPromptTokens));

        Assert.Equal(
            WithPicture.Select(seed => seed + 1), together.Where(answer => answer.Pictures > 0).Select(answer => answer.MediaTokens));
        Assert.True(crowded.Statistics.DecodedTokens > _model!.Traffic!.Value.DecodeSteps, "No step decoded two together.");
    }

    private EngineLoop Open(ModelFolder folder, ExecutionProviderOptions execution, long prefixBytes)
    {
        var limits = new BatchLimits { Slots = 3, SequenceTokens = Length, PrefillTokens = 24, VisionPatches = 64 };
        var model = _model = folder.CreateSequenceModel(
            new SequenceModelOptions { Slots = limits.StateSlots, MaxLength = Length, Execution = execution });
        var settings = new EngineLoopSettings
        {
            Limits = limits,
            Threads = 1,
            QueueCapacity = 16,
            PrefixCacheBytes = prefixBytes,
            EmbeddingCacheBytes = 0,
        };
        return new EngineLoop(
            model,
            folder.CreateVisionEncoder(execution),
            new TokenVocabulary(new byte[]?[model.VocabularySize], []),
            settings,
            TimeProvider.System,
            NullLogger<EngineLoop>.Instance);
    }

    /// <summary>A prompt of the shared prefix, some with a picture, and of other tokens, longer than what is fed in one step.</summary>
    private static EngineRequest Request(int seed, int answer)
    {
        var random = new Random(seed);
        VisionPatches[] pictures = WithPicture.Contains(seed) ? [Picture(seed)] : [];
        var media = pictures.Sum(picture => picture.TokenCount);
        int[] tokens = [.. Enumerable.Range(10, Prefix), .. Enumerable.Range(0, media + 20 + seed).Select(_ => random.Next(2000))];
        return new EngineRequest
        {
            Prompt = new PreparedPrompt
            {
                TokenIds = tokens,
                Positions = [.. Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, tokens.Length))],
                RopeDelta = 0,
                Media = pictures,
                MediaTokenIndexes = [.. Enumerable.Range(Prefix, media)],
                SharedPrefixLength = Prefix,
                PictureCount = pictures.Length,
            },
            MaxOutputTokens = answer,
        };
    }

    private static VisionPatches Picture(int seed)
    {
        var random = new Random(seed);
        var (height, width) = (2, 2 * (seed + 1));
        return new VisionPatches(
            [.. Enumerable.Range(0, height * width * PatchValues).Select(_ => (random.NextSingle() * 2) - 1)],
            1,
            height,
            width,
            $"picture {seed}");
    }
}
