namespace Qwen35Batch.Benchmarks;

/// <summary>Runs the sections that the command line names.</summary>
internal static class BenchmarkSections
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<BenchmarkSection> sections, string[] args)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        IReadOnlyList<BenchmarkSection> wanted = args.Length == 0
            ? [.. sections.Where(section => !section.OnlyByName)]
            : [.. sections.Where(section => section.Name == args[0])];
        if (wanted.Count == 0)
        {
            Console.Error.WriteLine($"There is no section '{args[0]}'. Sections, each with own arguments behind its name:");
            foreach (var section in sections)
            {
                Console.Error.WriteLine($"  {section.Name,-10} {section.Summary}");
            }

            return 1;
        }

        foreach (var section in wanted)
        {
            Console.WriteLine($"{section.Name}: {section.Summary}");
            await section.RunAsync(args.Length == 0 ? [] : args[1..], stop.Token);
        }

        // A section that judges says so here.
        return Environment.ExitCode;
    }
}
