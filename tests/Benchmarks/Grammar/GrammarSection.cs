using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Grammar.Tokens;
using Qwen35Batch.Inference.Tests.Grammar;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Benchmarks.Grammar;

/// <summary>What it costs to hold answers to their schemas, with a vocabulary as large as Qwen3.5's.</summary>
internal static class GrammarSection
{
    private const int Slots = 32;

    // A decode step at batch 32 of the 70-million-parameter checkpoint of the engine's comparisons, int8, on two cores; Qwen3.5's are
    // longer.
    private const double StepMilliseconds = 60;

    public static BenchmarkSection Create() =>
        new("grammar", "masks and sampling of the built-in tasks at batch 32, as a share of a decode step [--step-ms 60]", RunAsync);

    private static Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var step = args is ["--step-ms", var text] ? double.Parse(text, CultureInfo.InvariantCulture) : StepMilliseconds;
        var vocabulary = LargeVocabulary.Create();
        var compiler = Prepare(vocabulary);
        var load = new GrammarLoad(vocabulary);
        Console.WriteLine(
            $"  {"us a row, one thread",-24}{"schema ms",10}{"first ms",10}{"warm-up",10}{"mask",8}{"worst",8}{"accept",8}{"sample",8}"
                + $"{"mask+accept",13}{"with sample",13}");
        foreach (var task in new TaskCatalog(Options.Create(new TasksOptions()), []).List())
        {
            Measure(task.Task.Name, task.Schema);
            if (task.SynthesisSchema is { } synthesis)
            {
                Measure(task.Task.Name + " synthesis", synthesis);
            }
        }

        return Task.CompletedTask;

        void Measure(string name, JsonElement schema)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            var grammar = compiler.Compile(schema);
            var compiled = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var first = load.Run(grammar, slots: 1, answers: 1, seed: 1);
            var warming = load.Run(grammar, Slots, answers: Slots, seed: 2);
            var warm = load.Run(grammar, Slots, answers: 4 * Slots, seed: 3);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {name,-24}{compiled,10:0.0}{first.Grammar.TotalMilliseconds,10:0.0}{warming.RowMicroseconds(warming.Grammar),10:0.0}"
                    + $"{warm.RowMicroseconds(warm.Mask),8:0.0}{warm.WorstMask.TotalMicroseconds,8:0}"
                    + $"{warm.RowMicroseconds(warm.Accept),8:0.0}{warm.RowMicroseconds(warm.Sample),8:0.0}"
                    + $"{Share(warm, warm.Grammar),13:P2}{Share(warm, warm.Grammar + warm.Sample),13:P2}"));
        }

        double Share(GrammarCost cost, TimeSpan spent) => cost.RowMicroseconds(spent) * Slots / 1000 / step;
    }

    private static GrammarCompiler Prepare(TokenVocabulary vocabulary)
    {
        var start = Stopwatch.GetTimestamp();
        _ = new GrammarCompiler(vocabulary);
        var first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        var compiler = new GrammarCompiler(vocabulary);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {vocabulary.Size} tokens prepared in {first:0.00} s, again in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s"));
        return compiler;
    }
}
