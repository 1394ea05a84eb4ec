using System.Globalization;
using System.Runtime;
using CliWrap;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Benchmarks.Extraction;

/// <summary>
/// Takes a film and a document apart, and compares wall and CPU time with those of the tools alone: one pass of ffmpeg that yields as many
/// frames of the same size, one pdftoppm at the same resolution and one pdftotext, whose outputs are read and thrown away.
/// </summary>
internal static class ExtractionSection
{
    private const int Seconds = 300;
    private const int Pages = 100;
    private const int AtOnce = 12;
    private const int Rounds = 3;
    private const int WarmSeconds = 30;
    private const int WarmPages = 30;
    private const int MostWarmPasses = 20;
    private const int FewMethods = 10;

    // As every program that wants the pictures must.
    private static PipeTarget Read => PipeTarget.Create(async (output, token) =>
    {
        var block = new byte[1 << 20];
        while (await output.ReadAsync(block, token) > 0)
        {
        }
    });

    public static BenchmarkSection Create() => new(
        "extraction",
        "a film and a PDF taken apart, against ffmpeg and poppler alone [--seconds 300] [--pages 100] [--at-once 12] [--rounds 3] [--raw]",
        RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var (seconds, pages) = (Number(args, "--seconds", Seconds), Number(args, "--pages", Pages));
        var (atOnce, rounds) = (Number(args, "--at-once", AtOnce), Number(args, "--rounds", Rounds));
        var isRaw = args.Contains("--raw");
        var folder = Directory.CreateTempSubdirectory("extraction-").FullName;
        try
        {
            var settings = new MediaSettings();
            var (film, document) = (Path.Combine(folder, "film.mp4"), Path.Combine(folder, "document.pdf"));
            if (seconds > 0) await ExtractionMedia.WriteClipAsync(film, seconds, cancellationToken);
            if (pages > 0) await ExtractionMedia.WriteDocumentAsync(document, pages, cancellationToken);
            // Code that is used for the first times is compiled: measured is what a worker costs that has run for a while.
            await WarmAsync(folder, settings, seconds > 0, pages > 0, atOnce, isRaw, cancellationToken);
            if (seconds > 0)
            {
                var what = string.Create(CultureInfo.InvariantCulture, $"{seconds} s of 720p");
                await CompareAsync(
                    what, film, settings, folder, atOnce, rounds, isRaw, () => FfmpegAsync(film, settings, cancellationToken),
                    new(1.1, 1.1), new(1.3, 1.3), cancellationToken);
            }

            if (pages > 0)
            {
                var what = string.Create(CultureInfo.InvariantCulture, $"{pages} pages of PDF");
                await CompareAsync(
                    what, document, settings, folder, atOnce, rounds, isRaw, () => PopplerAsync(document, settings, cancellationToken),
                    new(1.2, 1.3), new(1.5, 2.0), cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WarmAsync(
        string folder, MediaSettings settings, bool hasFilm, bool hasDocument, int atOnce, bool isRaw, CancellationToken cancellationToken)
    {
        var (film, document) = (Path.Combine(folder, "first.mp4"), Path.Combine(folder, "first.pdf"));
        if (hasFilm) await ExtractionMedia.WriteClipAsync(film, WarmSeconds, cancellationToken);
        if (hasDocument) await ExtractionMedia.WriteDocumentAsync(document, WarmPages, cancellationToken);
        var compiled = 0L;
        for (var pass = 0; pass < MostWarmPasses && JitInfo.GetCompiledMethodCount() - compiled > FewMethods; pass++)
        {
            compiled = JitInfo.GetCompiledMethodCount();
            foreach (var file in new[] { film, document }.Where(File.Exists))
            {
                await using var run = new ExtractionRun(folder);
                await run.ExtractAsync(await run.DescribeAsync(file, cancellationToken), settings, atOnce, !isRaw, cancellationToken);
            }
        }
    }

    // In turns, each first as often as the others: what comes and goes on a machine, such as the writing back of files, a neighbour or
    // the compiling of code, falls on all alike.
    private static async Task CompareAsync(
        string what, string file, MediaSettings settings, string folder, int atOnce, int rounds, bool isRaw, Func<Task> tools,
        Asked local, Asked endpoint, CancellationToken cancellationToken)
    {
        var sides = new[]
        {
            new ExtractionSide("the tools alone", null, _ => ProcessTime.OfAsync(tools)),
            new ExtractionSide("raw, for the local engine", local, side => ExtractAsync(side, compresses: false)),
            new ExtractionSide("to an endpoint", endpoint, side => ExtractAsync(side, compresses: true)),
        };
        if (isRaw) sides = sides[..2];
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < sides.Length; turn++) await sides[(round + turn) % sides.Length].MeasureAsync();
        }

        Console.WriteLine($"  {what}");
        foreach (var side in sides) side.Print(sides[0]);

        async Task<ProcessTime> ExtractAsync(ExtractionSide side, bool compresses)
        {
            // A worker that meets a file anew: what was read ahead once is not read ahead a second time.
            await using var run = new ExtractionRun(folder);
            var media = await run.DescribeAsync(file, cancellationToken);
            var seen = await ProcessTime.OfAsync(() => run.ExtractAsync(media, settings, atOnce, compresses, cancellationToken));
            side.Note = $"{run.Pictures} pictures, {run.SentBytes >> 20:N0} MiB sent";
            return seen;
        }
    }

    private static async Task FfmpegAsync(string film, MediaSettings settings, CancellationToken cancellationToken)
    {
        var (width, height) = PictureSize.Fit(1280, 720, settings.MaxFramePixels);
        await Cli.Wrap("ffmpeg").WithArguments(
        [
            "-nostdin", "-y", "-loglevel", "error", "-threads", "2", "-i", film,
            "-vf", string.Create(
                CultureInfo.InvariantCulture, $"fps={settings.FramesPerSecond},scale={width}:{height}:flags=bicubic,format=rgb24"),
            "-f", "rawvideo", "pipe:1",
        ]).WithStandardOutputPipe(Read).ExecuteAsync(cancellationToken);
    }

    private static async Task PopplerAsync(string document, MediaSettings settings, CancellationToken cancellationToken)
    {
        var (width, height) = PictureSize.Fit(595 * 200 / 72.0, 842 * 200 / 72.0, settings.MaxPicturePixels);
        var size = Math.Max(width, height).ToString(CultureInfo.InvariantCulture);
        await Cli.Wrap("pdftoppm").WithArguments(["-cropbox", "-scale-to", size, document]).WithStandardOutputPipe(Read)
            .ExecuteAsync(cancellationToken);
        await Cli.Wrap("pdftotext").WithArguments(["-layout", document, "-"]).WithStandardOutputPipe(Read).ExecuteAsync(cancellationToken);
    }

    private static int Number(IReadOnlyList<string> args, string name, int otherwise) =>
        args.ToList().IndexOf(name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
