using System.Diagnostics;
using System.Runtime.CompilerServices;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>
/// Measures the engine as it runs in production: requests go through the batching loop, whose own time is part of what is measured. Prompts
/// are random tokens, answers are greedy and have always the length that was asked for.
/// </summary>
public static class EngineBenchmark
{
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
            throw new RequestRefusedException(RequestRefusal.Option, "A batch size must be between 1 and 1024.");
        }

        if (options.PromptTokens < 2 || options.GeneratedTokens < 2)
        {
            throw new RequestRefusedException(RequestRefusal.Option, "Prompts and answers must have 2 tokens or more.");
        }

        if ((long)options.PromptTokens + options.GeneratedTokens > model.MaxPositions)
        {
            throw new RequestRefusedException(
                RequestRefusal.Option,
                $"Prompts of {options.PromptTokens} and answers of {options.GeneratedTokens} tokens do not fit: the model knows "
                    + $"{model.MaxPositions} positions.");
        }
    }

    private static async Task<EngineBenchmarkResult> RunBatchAsync(
        ModelFolder folder, int batch, EngineBenchmarkOptions options, CancellationToken cancellationToken)
    {
        // All prompts are fed in one step, so that the answers run side by side from the first to the last token.
        var limits = new BatchLimits
        {
            Slots = batch,
            SequenceTokens = options.PromptTokens + options.GeneratedTokens,
            PrefillTokens = checked(batch * options.PromptTokens),
            VisionPatches = 4,
            FixedShapes = options.Deterministic,
        };
        await using var engine = await Task.Run(
            () => BenchmarkLoop.Load(folder, limits, options.Schema, options.Execution), cancellationToken);
        using var recorder = new StepRecorder(engine.Loop.Meter, TimeProvider.System);
        await engine.WarmUpAsync(batch, options.PromptTokens, cancellationToken);
        recorder.Restart();
        var before = engine.Traffic;
        var start = TimeProvider.System.GetTimestamp();
        var answers = await engine.RunAsync(
            [.. Enumerable.Repeat((options.PromptTokens, options.GeneratedTokens), batch)], isFree: false, cancellationToken);
        var wall = TimeProvider.System.GetElapsedTime(start);
        await engine.Loop.StopAsync(CancellationToken.None);
        var first = TimeSpan.FromSeconds(answers.Average(answer => answer.TimeToFirstToken.TotalSeconds));

        // A device still computes a prompt when its step has ended: the next one that gives logits waits for it.
        var (prefill, decode) = before is null
            ? (recorder.PrefillTokens / recorder.PrefillSeconds, recorder.DecodeTokens / recorder.DecodeSeconds)
            : (batch * options.PromptTokens / first.TotalSeconds,
                answers.Sum(answer => answer.TokenIds.Length - 1) / (wall - first).TotalSeconds);
        using var process = Process.GetCurrentProcess();
        return new EngineBenchmarkResult
        {
            Batch = batch,
            PromptTokens = options.PromptTokens,
            GeneratedTokens = options.GeneratedTokens,
            PrefillTokensPerSecond = prefill,
            DecodeTokensPerSecond = decode,
            TimeToFirstToken = first,
            BatchFill = (double)recorder.DecodeTokens / ((long)recorder.DecodeRuns * batch),
            Step = recorder.DecodeStep,
            Traffic = engine.Traffic - before,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }
}
