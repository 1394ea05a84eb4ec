using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Conversion;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Inference.Vision;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Inference.Chat;

/// <summary>
/// Qwen3.5, loaded, with its slots and its batching loop. Stop it with <see cref="StopAsync"/> to finish running requests; disposing it
/// gives them up.
/// </summary>
public sealed partial class Qwen35Engine : IAsyncDisposable
{
    private readonly EngineLoop _loop;

    private Qwen35Engine(
        EngineLoop loop, Qwen35ChatClient chatClient, string modelIdentity, int slots, int maxSequenceTokens, long bytesPerSlot)
    {
        _loop = loop;
        ChatClient = chatClient;
        ModelIdentity = modelIdentity;
        Slots = slots;
        MaxSequenceTokens = maxSequenceTokens;
        BytesPerSlot = bytesPerSlot;
    }

    /// <summary>The door to the model; any number of calls at the same time.</summary>
    public IChatClient ChatClient { get; }

    /// <summary><c>name@revision</c>: what an insight says about its model.</summary>
    public string ModelIdentity { get; }

    /// <summary>Sequences that are decoded together.</summary>
    public int Slots { get; }

    /// <summary>Tokens of a sequence, prompt and answer together.</summary>
    public int MaxSequenceTokens { get; }

    /// <summary>Memory that each slot holds from the start to the end.</summary>
    public long BytesPerSlot { get; }

    /// <summary>What the engine does right now. Cheap.</summary>
    public EngineStatistics Statistics => _loop.Statistics;

    /// <summary>
    /// Waits until the engine breaks down by a defect of its own, after which it takes no requests; in normal operation that is never.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What broke it.</returns>
    public Task<Exception> BreakdownAsync(CancellationToken cancellationToken) => _loop.Breakdown.WaitAsync(cancellationToken);

    /// <summary>Loads a model and starts the loop. A checkpoint is converted first, if that was not done before.</summary>
    /// <param name="options">What to load, and how much of it.</param>
    /// <param name="progress">Told how far a conversion is.</param>
    /// <param name="loggerFactory">Receives the engine's log.</param>
    /// <param name="cancellationToken">Gives up a conversion.</param>
    /// <exception cref="ModelFormatException">The folder cannot be used; the message says why, and what to do.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build.</exception>
    public static async Task<Qwen35Engine> OpenAsync(
        EngineOptions options, IProgress<ConversionProgress>? progress, ILoggerFactory loggerFactory,
        CancellationToken cancellationToken = default) =>
        await OpenAsync(options, progress, loggerFactory, NoVocabularies.Instance, cancellationToken);

    internal static async Task<Qwen35Engine> OpenAsync(
        EngineOptions options, IProgress<ConversionProgress>? progress, ILoggerFactory loggerFactory, IVocabularies vocabularies,
        CancellationToken cancellationToken)
    {
        var logger = loggerFactory.CreateLogger<Qwen35Engine>();
        var folder = await ModelSource.OpenAsync(options, progress, logger, cancellationToken);

        // Loading takes seconds, and is not to hold up the caller's thread.
        return await Task.Run(() => Load(options, folder, vocabularies, logger, loggerFactory), cancellationToken);
    }

    /// <summary>
    /// Takes no more requests and finishes those that it has; when <paramref name="cancellationToken"/> is cancelled, they fail with
    /// an <see cref="EngineStoppedException"/> instead. Then the model is unloaded.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken) => _loop.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private static Qwen35Engine Load(
        EngineOptions options, ModelFolder folder, IVocabularies vocabularies, ILogger logger, ILoggerFactory loggerFactory)
    {
        var length = Math.Min(options.MaxSequenceTokens, folder.Config.Text.MaxPositions);
        var execution = options.Execution;
        execution.Placed = placement => Log.Placed(logger, placement.Line(options.ExecutionProvider));
        var tokenizer = Qwen35Tokenizer.Load(folder.FolderPath);
        var vocabulary = tokenizer.CreateVocabulary(folder.Config.Text.VocabularySize);
        var prompts = new PromptBuilder(tokenizer, VisionSettings.Load(folder.FolderPath));
        var grammars = new GrammarCompiler(vocabulary, vocabularies);
        var reasoning = ReasoningMarks.Create(tokenizer, vocabulary);
        var vision = folder.CreateVisionEncoder(execution);
        ISequenceModel? model = null;
        try
        {
            var settings = SettingsOf(options, length);
            model = folder.CreateSequenceModel(new SequenceModelOptions
            {
                Slots = settings.Limits.StateSlots,
                MaxLength = length,
                Execution = execution,
                PrefillTokens = settings.Limits.PrefillTokens,
                SnapshotBytes = settings.PrefixCacheBytes,
            });
            var bytesPerSlot = model.BytesPerSlot;
            var loop = new EngineLoop(model, vision, vocabulary, settings, TimeProvider.System, loggerFactory.CreateLogger<EngineLoop>());
            Log.Opened(
                logger,
                folder.Identity,
                options.Slots,
                length,
                Megabytes(bytesPerSlot),
                Megabytes(settings.Limits.StateSlots * bytesPerSlot),
                options.ExecutionProvider);
            var client = new Qwen35ChatClient(
                loop,
                prompts,
                tokenizer,
                grammars,
                reasoning,
                ToolMarks.Create(tokenizer, vocabulary),
                folder.Name,
                folder.Identity,
                TimeProvider.System);
            return new Qwen35Engine(loop, client, folder.Identity, options.Slots, length, bytesPerSlot);
        }
        catch
        {
            model?.Dispose();
            vision.Dispose();
            throw;
        }
    }

    private static EngineLoopSettings SettingsOf(EngineOptions options, int length) => new()
    {
        Limits = new BatchLimits
        {
            Slots = options.Slots,
            SequenceTokens = length,
            PrefillTokens = options.PrefillTokensPerStep,
            VisionPatches = options.VisionPatchesPerStep,
            FixedShapes = options.Deterministic,
        },
        Threads = options.Threads,
        QueueCapacity = options.QueueCapacity,
        PrefixCacheBytes = options.PrefixCacheBytes,
        EmbeddingCacheBytes = options.EmbeddingCacheBytes,
        OverlapsVision = options.OverlapVision,
    };

    private static double Megabytes(long bytes) => Math.Round(bytes / 1e6, 1);

    private static partial class Log
    {
        [LoggerMessage(2012, LogLevel.Information, "Loaded {Placement}.")]
        public static partial void Placed(ILogger logger, string placement);

        [LoggerMessage(2011, LogLevel.Information,
            "Opened {Model}: {Slots} slots of {Tokens} tokens, {SlotMegabytes} MB of state each, {AllMegabytes} MB together, on "
                + "{Provider}.")]
        public static partial void Opened(
            ILogger logger, string model, int slots, int tokens, double slotMegabytes, double allMegabytes, string provider);
    }
}
