using System.Globalization;
using Qwen35Batch.Inference.Tests.Grammar.Fuzz;

namespace Qwen35Batch.Benchmarks.Schemas;

/// <summary>Random schemas before three judges, for as long as one likes.</summary>
internal static class FuzzSection
{
    private const int MostPrinted = 20;

    public static BenchmarkSection Create() => new(
        "fuzz",
        "random schemas: grammar, validator and JsonSchema.Net have to agree [--minutes 4] [--seed <first seed>] [--count <schemas>]",
        RunAsync)
    {
        OnlyByName = true,
    };

    private static Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var minutes = Number(args, "--minutes") ?? 4;
        var first = Number(args, "--seed") ?? Random.Shared.Next();
        var count = Number(args, "--count") ?? int.MaxValue;
        var run = new FuzzCase();
        Console.WriteLine($"  first seed {first}");
        var printed = 0;
        for (var i = 0; i < count && TimeProvider.System.GetElapsedTime(start).TotalMinutes < minutes; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Run(unchecked(first + i));
            for (; printed < Math.Min(run.Problems.Count, MostPrinted); printed++)
                Console.WriteLine($"    {run.Problems[printed]}");
        }

        Console.WriteLine(
            $"  {run.Schemas} schemas, {run.Compiled} compiled; {run.Judged} answers and values judged, {run.LeftOut} not "
                + $"written byte by byte; {run.Problems.Count} problems");
        if (run.Problems.Count > 0)
            Environment.ExitCode = 1;
        return Task.CompletedTask;
    }

    private static int? Number(IReadOnlyList<string> args, string name) =>
        args.ToList().IndexOf(name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : null;
}
