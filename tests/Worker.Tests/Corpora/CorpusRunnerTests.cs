using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Corpora;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Corpora;

public sealed class CorpusRunnerTests
{
    private static readonly DateTime LongAgo = new(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_with_the_stamp_of_the_last_run_is_not_read_again()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-corpus-").FullName;
        try
        {
            await using var worker = await TestWorker.StartAsync(
                folder, null, null, ("Corpora:scans:Folder", Path.Combine(folder, "media-in")), ("Corpora:scans:Task", "describe"));
            var unchanged = Write(worker, "unchanged.txt", "one", LongAgo);
            var changed = Write(worker, "changed.txt", "one", LongAgo);
            var fresh = Write(worker, "fresh.txt", "one", TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
            Assert.Equal((3, 0), await RunAsync(worker));
            // A file that is written anew before it was read would be another matter.
            await TestWorker.WaitAsync(
                () => worker.AskLedgerAsync("SELECT count(*) FROM job WHERE state = 'Completed'"),
                jobs => jobs is 3L,
                "The first run's jobs");

            // Other content under the old stamp shows that the file was not opened; a new stamp or a fresh file is.
            Write(worker, "unchanged.txt", "two", LongAgo);
            Write(worker, "changed.txt", "two", LongAgo.AddSeconds(1));
            Write(worker, "fresh.txt", "two", File.GetLastWriteTimeUtc(fresh));
            await EndDayAsync(worker);

            Assert.Equal((2, 1), await RunAsync(worker));
            Assert.Equal(
                [changed, unchanged],
                (await worker.Ledger.Corpora.KnownFilesAsync("scans", [unchanged, changed, fresh], Cancellation)).Keys.Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_path_that_no_job_can_have_stays_out_and_keeps_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-corpus-").FullName;
        try
        {
            await using var worker = await TestWorker.StartAsync(
                folder, null, null, ("Corpora:scans:Folder", Path.Combine(folder, "media-in")), ("Corpora:scans:Task", "describe"));
            Write(worker, "short.txt", "one", LongAgo);
            var deep = string.Join('/', Enumerable.Repeat(new string('d', 200), 11));
            Directory.CreateDirectory(Path.Combine(worker.Media, deep));
            Write(worker, $"{deep}/long.txt", "one", LongAgo);
            Write(worker, "two\nlines.txt", "one", LongAgo);

            Assert.Equal((1, 0), await RunAsync(worker));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_left_out_and_keeps_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-corpus-").FullName;
        try
        {
            await using var worker = await TestWorker.StartAsync(
                folder, null, null, ("Corpora:scans:Folder", Path.Combine(folder, "media-in")), ("Corpora:scans:Task", "describe"));
            Write(worker, "one.txt", "one", LongAgo);
            using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(worker.Media, "pipe.txt")]))
                await made.WaitForExitAsync(Cancellation);

            Assert.Equal((1, 0), await RunAsync(worker));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("Folder", "/elsewhere", "Corpora:scans:Folder")]
    [InlineData("Language", "no tag", "Corpora:scans:Language")]
    [InlineData("Task", "divine", "Corpora:scans:Task")]
    [InlineData("Priority", "500", "Corpora:scans:Priority")]
    public async Task A_corpus_whose_every_job_would_be_refused_stops_the_start_with_the_key(string key, string value, string named)
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-corpus-").FullName;
        try
        {
            var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorker.StartAsync(
                folder, null, null, ("Corpora:scans:Folder", Path.Combine(folder, "media-in")), ($"Corpora:scans:{key}", value)));

            Assert.StartsWith(named, Assert.Single(refused.Failures), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Another_language_is_other_work()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-corpus-").FullName;
        try
        {
            var media = ("Corpora:scans:Folder", Path.Combine(folder, "media-in"));
            await using (var worker = await TestWorker.StartAsync(folder, null, null, media, ("Corpora:scans:Task", "describe")))
            {
                Write(worker, "one.txt", "one", LongAgo);
                Assert.Equal((1, 0), await RunAsync(worker));
                await EndDayAsync(worker);
                Assert.Equal((0, 1), await RunAsync(worker));
                await EndDayAsync(worker);
            }

            await using var japanese = await TestWorker.StartAsync(
                folder, null, null, media, ("Corpora:scans:Task", "describe"), ("Corpora:scans:Language", "ja"));

            Assert.Equal((1, 0), await RunAsync(japanese));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Write(TestWorker worker, string name, string content, DateTime writtenAt)
    {
        var path = Path.Combine(worker.Media, name);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, writtenAt);
        return path;
    }

    private static async Task<(int Enqueued, int Skipped)> RunAsync(TestWorker worker)
    {
        var run = await worker.Server.Services.GetRequiredService<CorpusRunner>().RunAsync("scans", null, Cancellation);
        return (run.Enqueued, run.Skipped);
    }

    /// <summary>The last run was yesterday's.</summary>
    private static async Task EndDayAsync(TestWorker worker) =>
        Assert.NotNull(await worker.AskLedgerAsync("UPDATE corpus_run SET run_date = date(run_date, '-1 day') RETURNING run_date"));
}
