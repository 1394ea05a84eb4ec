using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Pipeline.Extract;
using Qwen35Batch.Pipeline.Extract.Documents;
using Qwen35Batch.Pipeline.Tests.Grounding.Places;

namespace Qwen35Batch.Benchmarks.Places;

/// <summary>Finds the places of values on generated pages, and counts how many are right.</summary>
internal static class PlacesSection
{
    private const int Pages = 300;

    // The tests have the first ones.
    private const int FirstSeed = 1_000;
    private const int MostProblems = 40;

    public static BenchmarkSection Create() => new(
        "places",
        "places of values on generated PDFs: right, surely wrong, inventions marked [--pages 300] [--seed 1000]",
        RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var (pages, seed) = (Number(args, "--pages", Pages), Number(args, "--seed", FirstSeed));
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddMediaStages();
        await using var provider = services.BuildServiceProvider();
        var reader = provider.GetRequiredService<PdfReader>();
        var kinds = Enum.GetValues<PlacesKind>();
        var all = new PlacesRun();
        var byKind = kinds.ToDictionary(kind => kind, _ => new PlacesRun());
        var file = Path.Combine(Directory.CreateTempSubdirectory("places-").FullName, "page.pdf");
        try
        {
            for (var number = 0; number < pages; number++)
            {
                var kind = kinds[number % kinds.Length];
                var page = PlacesPage.Make(kind, seed + (number / kinds.Length));
                await File.WriteAllBytesAsync(file, page.Pdf, cancellationToken);
                var content = await reader.ReadPageAsync(file, page.Page, new() { MaxPicturePixels = 20_000 }, cancellationToken);
                all.Add(page, content);
                byKind[kind].Add(page, content);
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }

        foreach (var (kind, run) in byKind)
            Print(kind.ToString(), run);
        Print("all", all);
        foreach (var problem in all.Problems.Take(MostProblems))
            Console.WriteLine($"  {problem}");
    }

    private static void Print(string name, PlacesRun run) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-18} {run.Right,5} of {run.Planted,5} places right ({100.0 * run.Right / Math.Max(1, run.Planted):0.0}%), "
            + $"{run.SurelyWrong} wrong with a score of 0.95 or more; {run.Marked} of {run.Invented} inventions marked"));

    private static int Number(IReadOnlyList<string> args, string name, int otherwise) =>
        args.ToList().IndexOf(name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
