using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Batching.Plan;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Inference.Providers;

namespace Qwen35Batch.Inference.Benchmarking;

/// <summary>
/// Measures requests of mixed length through the batching loop, and through what it is compared with, with the same model in the same
/// process.
/// </summary>
public static class MixBenchmark
{
    /// <summary>Runs all ways, one after the other.</summary>
    /// <param name="modelFolder">A converted model.</param>
    /// <param name="options">What to run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="RequestRefusedException">A number is out of range.</exception>
    /// <exception cref="ExecutionProviderException">The execution provider is not in this build.</exception>
    public static async Task<MixBenchmarkResult> RunAsync(
        string modelFolder, MixBenchmarkOptions options, CancellationToken cancellationToken = default)
    {
        var folder = ModelFolder.Open(modelFolder);
        Check(options, folder.Config.Text);
        var limits = new BatchLimits
        {
            Slots = options.Slots,
            SequenceTokens = options.PromptTokens.Most + options.AnswerTokens.Most,
            PrefillTokens = options.PrefillTokensPerStep,
            VisionPatches = 4,
        };
        await using var engine = await Task.Run(() => BenchmarkLoop.Load(folder, limits, null, options.Execution), cancellationToken);
        await engine.WarmUpAsync(options.Slots, options.PromptTokens.Most, cancellationToken);
        var requests = LengthsOf(options);
        var continuous = await RunAsync(engine, MixWay.Continuous, requests, options, cancellationToken);
        var others = new List<MixRun>();
        foreach (var way in options.Against.Where(way => way != MixWay.Continuous).Distinct())
        {
            others.Add(await RunAsync(engine, way, requests, options, cancellationToken));
        }

        return new MixBenchmarkResult(requests, continuous, others);
    }

    /// <summary>The lengths that a seed gives, in order of arrival.</summary>
    internal static (int Prompt, int Answer)[] LengthsOf(MixBenchmarkOptions options)
    {
        var random = new Random(options.Seed);
        return
        [
            .. Enumerable.Range(0, options.Requests).Select(_ => (
                random.Next(options.PromptTokens.Least, options.PromptTokens.Most + 1),
                random.Next(options.AnswerTokens.Least, options.AnswerTokens.Most + 1))),
        ];
    }

    /// <summary>What is sent at once, one group after the other.</summary>
    internal static IReadOnlyList<(int Prompt, int Answer)[]> GroupsOf(MixWay way, (int Prompt, int Answer)[] requests, int slots) =>
        way switch
        {
            MixWay.Even =>
            [
                [
                    .. Enumerable.Repeat(
                        (
                            (int)Math.Round(requests.Average(length => length.Prompt)),
                            (int)Math.Round(requests.Average(length => length.Answer))),
                        slots)
                ],
            ],
            MixWay.Waves => [.. requests.Chunk(slots)],
            MixWay.PaddedWaves =>
                [
                    .. requests.Chunk(slots)
                        .Select(
                            wave =>
                                Enumerable.Repeat((wave.Max(length => length.Prompt), wave.Max(length => length.Answer)), wave.Length)
                                    .ToArray())
                ],
            _ => [requests],
        };

    private static async Task<MixRun> RunAsync(
        BenchmarkLoop engine, MixWay way, (int Prompt, int Answer)[] requests, MixBenchmarkOptions options,
        CancellationToken cancellationToken)
    {
        var groups = GroupsOf(way, requests, options.Slots);
        using var recorder = new StepRecorder(engine.Loop.Meter, TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();
        foreach (var group in groups)
        {
            await engine.RunAsync(group, isFree: true, cancellationToken);
        }

        return new MixRun
        {
            Way = way,
            Wall = TimeProvider.System.GetElapsedTime(start),
            AnswerTokens = (way == MixWay.Even ? groups[0] : requests).Sum(length => (long)length.Answer),
            BatchFill = (double)recorder.DecodeTokens / ((long)recorder.DecodeRuns * options.Slots),
        };
    }

    private static void Check(MixBenchmarkOptions options, TextConfig model)
    {
        if (options.Requests < 1 || options.Slots is < 1 or > 1024 || options.PrefillTokensPerStep < 1)
        {
            throw new RequestRefusedException(
                RequestRefusal.Option, "There must be 1 request or more, 1 to 1024 slots, and 1 prompt token a step or more.");
        }

        if (options.PromptTokens.Least < 2
            || options.AnswerTokens.Least < 1
            || options.PromptTokens.Most < options.PromptTokens.Least
            || options.AnswerTokens.Most < options.AnswerTokens.Least)
        {
            throw new RequestRefusedException(
                RequestRefusal.Option,
                "Prompts must have 2 tokens or more, answers 1 or more, and the longest cannot be shorter than the shortest.");
        }

        if ((long)options.PromptTokens.Most + options.AnswerTokens.Most > model.MaxPositions)
        {
            throw new RequestRefusedException(
                RequestRefusal.Option,
                $"Prompts of {options.PromptTokens.Most} and answers of {options.AnswerTokens.Most} tokens do not fit: the model knows "
                    + $"{model.MaxPositions} positions.");
        }
    }
}
