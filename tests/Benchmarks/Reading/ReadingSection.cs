using System.Globalization;

namespace Qwen35Batch.Benchmarks.Reading;

/// <summary>What reading takes: memory of the worker for each of a folder's files, and time for the parts of a large workbook.</summary>
internal static class ReadingSection
{
    public static BenchmarkSection Create() => new(
        "reading",
        "all parts of a workbook against one reading of it [--rows 150000]; the worker's peak memory for the files of [--folder FOLDER]",
        RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        await LargeWorkbook.RunAsync(int.Parse(Value(args, "--rows") ?? "150000", CultureInfo.InvariantCulture), cancellationToken);
        if (Value(args, "--folder") is { } folder)
            await WorkerMemory.RunAsync(folder, cancellationToken);
    }

    private static string? Value(IReadOnlyList<string> args, string name) =>
        args.ToList().IndexOf(name) is >= 0 and var at && at + 1 < args.Count ? args[at + 1] : null;
}
