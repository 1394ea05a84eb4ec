using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Batching.Sequences;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Inference.Vision;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>A model behind the batching loop, and requests for it: random tokens, greedy answers of the length that is asked for.</summary>
internal sealed class BenchmarkLoop : IAsyncDisposable
{
    private readonly ModelConfig _config;
    private readonly CompiledGrammar? _grammar;
    private readonly Random _random = new(17);
    private readonly ISequenceModel _model;

    private BenchmarkLoop(EngineLoop loop, ISequenceModel model, ModelConfig config, CompiledGrammar? grammar)
    {
        (Loop, _model) = (loop, model);
        _config = config;
        _grammar = grammar;
    }

    public EngineLoop Loop { get; }

    /// <summary>What has crossed so far; null where the states are in the memory of the machine.</summary>
    public DeviceTraffic? Traffic => _model.Traffic;

    /// <param name="folder">The model.</param>
    /// <param name="limits">What a step may do.</param>
    /// <param name="schema">What the answers must look like, or null. With a schema they may end before their length is reached.</param>
    /// <param name="execution">On what to compute.</param>
    /// <param name="overlapsVision">Whether pictures are encoded beside the decoder.</param>
    public static BenchmarkLoop Load(
        ModelFolder folder, BatchLimits limits, JsonElement? schema, ExecutionProviderOptions execution, bool overlapsVision = true)
    {
        var vision = folder.CreateVisionEncoder(execution);
        ISequenceModel? model = null;
        try
        {
            model = folder.CreateSequenceModel(new SequenceModelOptions
            {
                Slots = limits.StateSlots,
                MaxLength = limits.SequenceTokens,
                Execution = execution,
                PrefillTokens = limits.PrefillTokens,
            });
            var settings = new EngineLoopSettings
            {
                Limits = limits,
                Threads = execution.Threads,
                QueueCapacity = int.MaxValue,
                PrefixCacheBytes = 0,
                EmbeddingCacheBytes = 0,
                OverlapsVision = overlapsVision
            };

            // Without a schema no token writes anything or ends the text, so that every answer has its full length.
            var vocabulary = schema is null
                ? new TokenVocabulary(new byte[]?[model.VocabularySize], [])
                : Qwen35Tokenizer.Load(folder.FolderPath).CreateVocabulary(model.VocabularySize);
            var grammar = schema is { } form ? new GrammarCompiler(vocabulary).Compile(form) : null;
            var loop = new EngineLoop(model, vision, vocabulary, settings, TimeProvider.System, NullLogger<EngineLoop>.Instance);
            return new BenchmarkLoop(loop, model, folder.Config, grammar);
        }
        catch
        {
            model?.Dispose();
            vision.Dispose();
            throw;
        }
    }

    /// <summary>What is computed for the first time allocates: one whole prompt, then one run of all slots.</summary>
    public async Task WarmUpAsync(int batch, int promptTokens, CancellationToken cancellationToken)
    {
        await RunAsync([(promptTokens, 2)], isFree: true, cancellationToken);
        await RunAsync([.. Enumerable.Repeat((2, 2), batch)], isFree: true, cancellationToken);
    }

    /// <summary>Sends requests at once and waits for all answers.</summary>
    /// <param name="lengths">Tokens of each prompt and of its answer.</param>
    /// <param name="isFree">Whether the answers may have any form.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Generation[]> RunAsync(IReadOnlyList<(int Prompt, int Answer)> lengths, bool isFree, CancellationToken cancellationToken)
    {
        var requests = lengths.Select(length => Request(length.Prompt, length.Answer, isFree)).ToList();
        return Loop.RunTogetherAsync(
            [.. requests.Select(request => (Func<CancellationToken, EngineRequest>)(_ => request))], cancellationToken);
    }

    /// <summary>Sends requests at once, each with a picture of its own, and waits for all answers.</summary>
    /// <param name="count">Requests.</param>
    /// <param name="side">Patches along a side of a picture, even.</param>
    /// <param name="answer">Tokens of an answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Generation[]> RunWithPicturesAsync(int count, int side, int answer, CancellationToken cancellationToken)
    {
        var requests = Enumerable.Range(0, count).Select(_ => WithPicture(side, answer)).ToList();
        return Loop.RunTogetherAsync(
            [.. requests.Select(request => (Func<CancellationToken, EngineRequest>)(_ => request))], cancellationToken);
    }

    public ValueTask DisposeAsync() => Loop.DisposeAsync();

    private EngineRequest Request(int prompt, int answer, bool isFree) => new()
    {
        Prompt = Prompt([.. Enumerable.Range(0, prompt).Select(_ => RandomToken())], []),
        MaxOutputTokens = answer,
        Grammar = isFree ? null : _grammar?.CreateSession(),
    };

    private EngineRequest WithPicture(int side, int answer)
    {
        var pixels = new float[side * side * _config.Vision.PatchValues];
        Array.Fill(pixels, _random.NextSingle());
        var picture = new VisionPatches(pixels, 1, side, side, Guid.NewGuid().ToString());
        return new EngineRequest
        {
            Prompt = Prompt([.. Enumerable.Repeat(_config.ImageTokenId, picture.TokenCount), RandomToken(), RandomToken()], [picture]),
            MaxOutputTokens = answer,
        };
    }

    /// <summary>Pictures come first.</summary>
    private static PreparedPrompt Prompt(int[] tokens, VisionPatches[] media) => new()
    {
        TokenIds = tokens,
        Positions = [.. Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, tokens.Length))],
        RopeDelta = 0,
        Media = media,
        MediaTokenIndexes = [.. Enumerable.Range(0, media.Sum(item => item.TokenCount))],
    };

    /// <summary>Any token but those that stand for pictures and clips.</summary>
    private int RandomToken()
    {
        int token;
        do
        {
            token = _random.Next(_config.Text.VocabularySize);
        }
        while (token == _config.ImageTokenId || token == _config.VideoTokenId);
        return token;
    }
}
