using System.Text.RegularExpressions;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>A corpus by command: each date's run takes only what is new or changed.</summary>
public sealed partial class CorpusTests
{
    // Always one or two dates apart: a run belongs to the date in its corpus' time zone.
    private const string Earlier = "Etc/GMT+12";
    private const string Later = "Pacific/Kiritimati";

    [Fact]
    public async Task A_run_takes_what_is_new_or_changed_and_a_second_one_on_its_date_takes_nothing()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("media"));
        await File.WriteAllTextAsync(folder.File("media/kept.md"), "This stays.", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("media/changed.md"), "First.", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("media/other.bin"), "Not of this corpus.", TestContext.Current.CancellationToken);

        Assert.Equal((2, 0), await RunAsync(folder, Earlier));
        await File.WriteAllTextAsync(folder.File("media/changed.md"), "Second.", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("media/new.md"), "New.", TestContext.Current.CancellationToken);
        Assert.Equal((2, 0), await RunAsync(folder, Earlier));
        Assert.Equal((2, 1), await RunAsync(folder, Later));
    }

    private static async Task<(int Enqueued, int Unchanged)> RunAsync(TemporaryFolder folder, string timeZone)
    {
        var (exitCode, output) = await WorkerProcess.RunAsync(
            "corpus",
            "run",
            "notes",
            "--data",
            folder.File("data"),
            "--set",
            $"Corpora:notes:Folder={folder.File("media")}",
            "--set",
            "Corpora:notes:Globs:0=**/*.md",
            "--set", $"Corpora:notes:TimeZone={timeZone}");
        Assert.True(exitCode == 0, output);
        var counts = Counts().Match(output);
        Assert.True(counts.Success, output);
        return (int.Parse(counts.Groups[1].Value), int.Parse(counts.Groups[2].Value));
    }

    [GeneratedRegex(@"(\d+) enqueued, (\d+) unchanged")]
    private static partial Regex Counts();
}
