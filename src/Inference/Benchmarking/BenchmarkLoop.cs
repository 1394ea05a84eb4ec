using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Grammar;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>A model behind the batching loop, and requests for it: random tokens, greedy answers of the length that is asked for.</summary>
internal sealed class BenchmarkLoop : IAsyncDisposable
{
    private readonly ModelConfig _config;
    private readonly CompiledGrammar? _grammar;
    private readonly Random _random = new(17);

    private BenchmarkLoop(EngineLoop loop, ModelConfig config, CompiledGrammar? grammar)
    {
        Loop = loop;
        _config = config;
        _grammar = grammar;
    }

    public EngineLoop Loop { get; }

    /// <param name="folder">The model.</param>
    /// <param name="limits">What a step may do.</param>
    /// <param name="schema">What the answers must look like, or null. With a schema they may end before their length is reached.</param>
    /// <param name="execution">On what to compute.</param>
    public static BenchmarkLoop Load(ModelFolder folder, BatchLimits limits, JsonElement? schema, ExecutionProviderOptions execution)
    {
        var vision = folder.CreateVisionEncoder(execution);
        ISequenceModel? model = null;
        try
        {
            model = folder.CreateSequenceModel(new SequenceModelOptions { Slots = limits.StateSlots, MaxLength = limits.SequenceTokens, Execution = execution });
            var settings = new EngineLoopSettings { Limits = limits, QueueCapacity = 1024, PrefixCacheBytes = 0, EmbeddingCacheBytes = 0 };

            // Without a schema no token writes anything or ends the text, so that every answer has its full length.
            var vocabulary = schema is null
                ? new TokenVocabulary(new byte[]?[model.VocabularySize], [])
                : Qwen35Tokenizer.Load(folder.FolderPath).CreateVocabulary(model.VocabularySize);
            var grammar = schema is { } form ? new GrammarCompiler(vocabulary).Compile(form) : null;
            var loop = new EngineLoop(model, vision, vocabulary, settings, TimeProvider.System, NullLogger<EngineLoop>.Instance);
            return new BenchmarkLoop(loop, folder.Config, grammar);
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
        return Task.WhenAll(requests.Select(request => Loop.RunAsync(_ => request, cancellationToken)));
    }

    public ValueTask DisposeAsync() => Loop.DisposeAsync();

    private EngineRequest Request(int prompt, int answer, bool isFree) => new()
    {
        Prompt = new PreparedPrompt
        {
            TokenIds = [.. Enumerable.Range(0, prompt).Select(_ => RandomToken())],
            Positions = [.. Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, prompt))],
            RopeDelta = 0,
            Media = [],
            MediaTokenIndexes = [],
        },
        MaxOutputTokens = answer,
        Grammar = isFree ? null : _grammar?.CreateSession(),
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
