using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Corpora;

public sealed class CorpusScheduleTests
{
    [Fact]
    public async Task A_night_that_was_missed_is_made_up_for_once()
    {
        var folder = Directory.CreateTempSubdirectory("qwen35batch-schedule-").FullName;
        try
        {
            await using var worker = await TestWorker.StartAsync(
                folder,
                null,
                null,
                ("Corpora:scans:Folder", Path.Combine(folder, "media-in")),
                ("Corpora:scans:Task", "describe"),
                ("Corpora:scans:Cron", "0 2 * * *"));
            worker.AddText("scan.txt");
            using var connection = worker.Server.Services.GetRequiredService<JobStorage>().GetConnection();
            Assert.Equal(0L, await worker.AskLedgerAsync("SELECT count(*) FROM corpus_run"));

            // As if it was last there four nights ago, and no worker since: the next time is one that is over.
            var missed = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-3);
            var last = JobHelper.SerializeDateTime(missed.AddDays(-1));
            using (var write = connection.CreateWriteTransaction())
            {
                write.SetRangeInHash(
                    "recurring-job:corpus:scans",
                    [new("CreatedAt", last), new("LastExecution", last), new("NextExecution", JobHelper.SerializeDateTime(missed))]);
                write.AddToSet("recurring-jobs", "corpus:scans", JobHelper.ToTimestamp(missed));
                write.Commit();
            }

            await TestWorker.WaitAsync(
                () => worker.AskLedgerAsync("SELECT count(*) FROM job WHERE corpus_run_id IS NOT NULL"),
                jobs => jobs is 1L,
                "The run's job");
            Assert.Equal(1L, await worker.AskLedgerAsync("SELECT count(*) FROM corpus_run"));
            var next = Assert.Single(connection.GetRecurringJobs()).NextExecution;
            Assert.True(next > TimeProvider.System.GetUtcNow().UtcDateTime, $"The next time is {next}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
