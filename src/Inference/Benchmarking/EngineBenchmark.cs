using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Tokenization;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>
/// Measures the engine as it runs in production: requests go through the batching loop, whose own time is part of what is measured. Prompts are
/// random tokens, answers are greedy and have always the length that was asked for.
/// </summary>
public static class EngineBenchmark
{
    private const int Seed = 17;

    /// <summary>Measures one batch size after the other. The model is loaded for each.</summary>
    /// <param name="modelFolder">A converted model.</param>
    /// <param name="options">What to run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="RequestRefusedException">A number is out of range.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build.</exception>
    public static async IAsyncEnumerable<EngineBenchmarkResult> RunAsync(
        string modelFolder, EngineBenchmarkOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var folder = ModelFolder.Open(modelFolder);
        Check(options, folder.Config.Text);
        foreach (var batch in options.Batches)
        {
            yield return await RunBatchAsync(folder, batch, options, cancellationToken);
        }
    }

    private static void Check(EngineBenchmarkOptions options, TextConfig model)
    {
        if (options.Batches.Count == 0 || options.Batches.Any(batch => batch is < 1 or > 1024))
        {
            throw new RequestRefusedException("A batch size must be between 1 and 1024.");
        }

        if (options.PromptTokens < 2 || options.GeneratedTokens < 2)
        {
            throw new RequestRefusedException("Prompts and answers must have 2 tokens or more.");
        }

        if ((long)options.PromptTokens + options.GeneratedTokens > model.MaxPositions)
        {
            throw new RequestRefusedException(
                $"Prompts of {options.PromptTokens} and answers of {options.GeneratedTokens} tokens do not fit: the model knows {model.MaxPositions} positions.");
        }
    }

    private static async Task<EngineBenchmarkResult> RunBatchAsync(ModelFolder folder, int batch, EngineBenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var loop = await Task.Run(() => Load(folder, batch, options), cancellationToken);
        using var recorder = new StepRecorder(loop.Meter, TimeProvider.System);
        var random = new Random(Seed);

        // What is computed for the first time allocates: one whole prompt, then one run of all slots.
        await RunAsync(loop, [Request(random, folder.Config, options.PromptTokens, 2)], cancellationToken);
        await RunAsync(loop, Requests(batch, () => Request(random, folder.Config, 2, 2)), cancellationToken);

        var requests = Requests(batch, () => Request(random, folder.Config, options.PromptTokens, options.GeneratedTokens));
        recorder.Restart();
        var answers = await RunAsync(loop, requests, cancellationToken);
        await loop.StopAsync(CancellationToken.None);
        using var process = Process.GetCurrentProcess();
        return new EngineBenchmarkResult
        {
            Batch = batch,
            PromptTokens = options.PromptTokens,
            GeneratedTokens = options.GeneratedTokens,
            PrefillTokensPerSecond = recorder.PrefillTokens / recorder.PrefillSeconds,
            DecodeTokensPerSecond = recorder.DecodeTokens / recorder.DecodeSeconds,
            TimeToFirstToken = TimeSpan.FromSeconds(answers.Average(answer => answer.TimeToFirstToken.TotalSeconds)),
            BatchFill = (double)recorder.DecodeTokens / ((long)recorder.DecodeRuns * batch),
            Step = recorder.DecodeStep,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private static EngineLoop Load(ModelFolder folder, int batch, EngineBenchmarkOptions options)
    {
        var length = options.PromptTokens + options.GeneratedTokens;
        var vision = folder.CreateVisionEncoder(options.Execution);
        ISequenceModel? model = null;
        try
        {
            model = folder.CreateSequenceModel(new SequenceModelOptions { Slots = batch, MaxLength = length, Execution = options.Execution });
            var settings = new EngineLoopSettings
            {
                // All prompts are fed in one step, so that the answers run side by side from the first to the last token.
                Limits = new BatchLimits { Slots = batch, SequenceTokens = length, PrefillTokens = checked(batch * options.PromptTokens), VisionPatches = 4 },
                QueueCapacity = batch,
                PrefixCacheBytes = 0,
                EmbeddingCacheBytes = 0,
            };

            // No token writes anything or ends the text, so that every answer has its full length.
            var vocabulary = new TokenVocabulary(new byte[]?[model.VocabularySize], []);
            return new EngineLoop(model, vision, vocabulary, settings, TimeProvider.System, NullLogger<EngineLoop>.Instance);
        }
        catch
        {
            model?.Dispose();
            vision.Dispose();
            throw;
        }
    }

    private static Task<Generation[]> RunAsync(EngineLoop loop, IReadOnlyList<EngineRequest> requests, CancellationToken cancellationToken) =>
        Task.WhenAll(requests.Select(request => loop.RunAsync(_ => request, cancellationToken)));

    private static EngineRequest[] Requests(int count, Func<EngineRequest> create) => [.. Enumerable.Range(0, count).Select(_ => create())];

    private static EngineRequest Request(Random random, ModelConfig config, int prompt, int generated) => new()
    {
        Prompt = new PreparedPrompt
        {
            TokenIds = [.. Enumerable.Range(0, prompt).Select(_ => RandomToken(random, config))],
            Positions = [.. Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, prompt))],
            RopeDelta = 0,
            Media = [],
            MediaTokenIndexes = [],
        },
        MaxOutputTokens = generated,
    };

    /// <summary>Any token but those that stand for pictures and clips.</summary>
    private static int RandomToken(Random random, ModelConfig config)
    {
        int token;
        do
        {
            token = random.Next(config.Text.VocabularySize);
        }
        while (token == config.ImageTokenId || token == config.VideoTokenId);
        return token;
    }
}
