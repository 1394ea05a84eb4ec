using System.Diagnostics;
using Qwen35Batch.Benchmarks.Engine;
using Qwen35Batch.Inference.Benchmarking;
using Qwen35Batch.Inference.Models;
using Qwen35Batch.Inference.Sampling;

namespace Qwen35Batch.Benchmarks.Signals;

/// <summary>
/// What it takes to know how sure the model was, against the decode step that it is a part of. The choice is made by one thread here, and
/// by up to four in the engine: the share is the largest that it can be.
/// </summary>
internal static class SignalsSection
{
    private const int Rows = 32;
    private const int Vocabulary = 248_320;
    private const int Rounds = 31;

    // Until the runtime has compiled the loops for good, which an engine has behind it after a few steps.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    // The middling shape of the other sections, with Qwen3.5's vocabulary: the least model of the family takes longer for a step.
    public static BenchmarkSection Create() =>
        new("signals", $"the probabilities of the choices, {Rows} rows of {Vocabulary:N0} logits, against a decode step", RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var config = Path.Combine(Directory.CreateTempSubdirectory("qwen35batch-bench-").FullName, "config.json");
        await File.WriteAllTextAsync(config, EngineSection.MiddlingShape(Vocabulary), cancellationToken);
        using var random = await RandomModelFolder.CreateAsync(config, ModelPrecision.Int8, null, cancellationToken);
        Directory.Delete(Path.GetDirectoryName(config)!, recursive: true);
        var options = new EngineBenchmarkOptions { Batches = [Rows], PromptTokens = 16, GeneratedTokens = 24 };
        var step = (await EngineBenchmark.RunAsync(random.FolderPath, options, cancellationToken).SingleAsync(cancellationToken))
            .Step.Total.TotalMilliseconds;
        foreach (var (name, spread) in ((string, double)[])[("of a trained model's spread", 3), ("all close together", 0.1)])
        {
            var (bare, measured) = Measure(spread);
            new Comparison($"choices alone and with probabilities, logits {name}", bare, measured, "ms").Print();
            new Comparison($"the probabilities' share of a decode step, logits {name}", measured - bare, step, "ms").Print();
        }
    }

    /// <summary>The median milliseconds that the choices of all rows take, without and with probabilities, in turn.</summary>
    private static (double Bare, double Measured) Measure(double spread)
    {
        var random = new Random(1);
        var logits = Enumerable.Range(0, Rows)
            .Select(_ => Enumerable.Range(0, Vocabulary).Select(_ => (float)(spread * Normal(random))).ToArray())
            .ToArray();
        foreach (var row in logits) row[random.Next(Vocabulary)] = (float)(spread * 7);
        // Nearly all tokens may follow within a text.
        var mask = Enumerable.Range(0, (Vocabulary + 63) / 64)
            .Select(word => word % 40 == 0 ? 0xFFFF_0000_FFFF_FFFFUL : ulong.MaxValue)
            .ToArray();
        var sampler = new Sampler(Vocabulary);
        var (bare, measured) = (new List<double>(), new List<double>());
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;) Round();
        bare.Clear();
        measured.Clear();
        for (var round = 0; round < Rounds; round++) Round();
        return (bare.Order().ElementAt(Rounds / 2), measured.Order().ElementAt(Rounds / 2));

        void Round()
        {
            bare.Add(Time(row => sampler.Next(row, mask, SamplingSettings.Greedy, [])));
            measured.Add(Time(row => sampler.NextMeasured(row, mask, SamplingSettings.Greedy, []).Id));
        }

        double Time(Func<float[], int> choose)
        {
            var start = ThreadTime.Now;
            foreach (var row in logits) choose(row);
            return (ThreadTime.Now - start).TotalMilliseconds;
        }
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
