using System.Diagnostics;
using System.Globalization;
using Qwen35Batch.Pipeline.Acquire;

namespace Qwen35Batch.Benchmarks.Acquire;

/// <summary>
/// Small files that come to the store many at once, in files a second: written to the disk together, each alone, and not at all.
/// </summary>
internal static class AcquireSection
{
    private const int Files = 1_000;
    private const int AtOnce = 8;
    private const int Rounds = 5;
    private const int FileBytes = 2_000;

    public static BenchmarkSection Create() => new(
        "acquire",
        "small files made durable together, against each alone [--files 1000] [--at-once 8] [--rounds 5] [--folder .]",
        RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var (files, atOnce, rounds) = (Number(args, "--files", Files), Number(args, "--at-once", AtOnce), Number(args, "--rounds", Rounds));
        var within = args.ToList().IndexOf("--folder") is >= 0 and var at ? args[at + 1] : ".";
        var disk = new StoreDisk();
        var together = new FileCommits(disk);
        var memory = new FileCommits(new NoDisk());
        var sides = new (string Name, Func<FileCommits> Commits, List<double> FilesPerSecond)[]
        {
            ("together", () => together, []),
            ("each alone", () => new(disk), []),
            ("not at all", () => memory, []),
        };
        for (var round = 0; round <= rounds; round++)
        {
            for (var turn = 0; turn < sides.Length; turn++)
            {
                var (_, commits, seen) = sides[(round + turn) % sides.Length];
                var speed = await RunAsync(within, files, atOnce, commits, cancellationToken);
                // The first round compiles.
                if (round > 0) seen.Add(speed);
            }
        }

        var alone = sides[1].FilesPerSecond;
        foreach (var (name, _, seen) in sides)
        {
            var ratios = seen.Zip(alone, (own, its) => own / its).Order().ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-12} {seen.Max(),8:N0} files/s   {seen.Max() / alone.Max(),6:0.00} of each alone "
                    + $"(rounds {ratios[0]:0.00} to {ratios[^1]:0.00})"));
        }
    }

    private static async Task<double> RunAsync(
        string within, int files, int atOnce, Func<FileCommits> commits, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(within, $"acquire-{Guid.NewGuid():N}")).FullName;
        try
        {
            var (content, temporary) = (new byte[FileBytes], Directory.CreateDirectory(Path.Combine(folder, "tmp")).FullName);
            var started = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, files),
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
                async (number, token) =>
                {
                    var name = number.ToString("x8", CultureInfo.InvariantCulture);
                    await File.WriteAllBytesAsync(Path.Combine(temporary, name), content, token);
                    await commits().MoveAsync(Path.Combine(temporary, name), Path.Combine(folder, "media", name[^2..], name));
                });
            return files / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Number(IReadOnlyList<string> args, string name, int otherwise) =>
        args.ToList().IndexOf(name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private sealed class NoDisk : IStoreDisk
    {
        public void Flush(IReadOnlyList<string> paths, Action<int, Exception> failed)
        {
        }

        public void FlushFolders(IReadOnlyList<string> folders, Action<int, Exception> failed)
        {
        }
    }
}
