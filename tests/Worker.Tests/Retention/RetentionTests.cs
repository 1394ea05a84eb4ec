using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Commands;
using Qwen35Batch.Worker.Retention;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Retention;

public sealed class RetentionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_that_are_old_enough_go_and_those_of_waiting_jobs_stay()
    {
        var answer = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync(("Retention:MediaDays", "0"));
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("done.txt")));
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var waiting = await worker.SubmitAsync(worker.Job("waiting.txt"));
        await TestWorker.WaitAsync(() => Copies(worker).Length == 2);

        await worker.Server.Services.GetRequiredService<RetentionTrigger>().RunAsync(Cancellation);

        Assert.Single(Copies(worker));
        answer.SetResult();
        await worker.WaitForEndAsync(waiting);
        await worker.Server.Services.GetRequiredService<RetentionTrigger>().RunAsync(Cancellation);
        Assert.Empty(Copies(worker));
    }

    [Fact]
    public async Task Copies_that_are_younger_stay()
    {
        await using var worker = await TestWorker.StartAsync(("Retention:MediaDays", "1"));
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("done.txt")));

        await worker.Server.Services.GetRequiredService<RetentionTrigger>().RunAsync(Cancellation);

        Assert.Single(Copies(worker));
    }

    [Fact]
    public async Task Jobs_that_are_old_enough_go_with_their_files_and_those_that_wait_stay()
    {
        var answer = new TaskCompletionSource();
        await using var worker = await TestWorker.StartAsync(("Retention:JobDays", "0"));
        var done = await worker.SubmitAsync(Page(worker, "done.html"));
        await worker.WaitForEndAsync(done);
        var made = Path.Combine(worker.Folder, "data", "artifacts", done.ToString("N"));
        Directory.CreateDirectory(made);
        await File.WriteAllTextAsync(Path.Combine(made, "report.md"), "A report.", Cancellation);
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var waiting = await worker.SubmitAsync(Page(worker, "waiting.html"));
        await TestWorker.WaitAsync(() => Copies(worker).Length == 2 && Read(worker).Length == 2);

        await worker.Server.Services.GetRequiredService<RetentionTrigger>().RunAsync(Cancellation);

        Assert.Null(await worker.Ledger.Reading.GetJobAsync(done, Cancellation));
        Assert.Equal((1, 1), (Copies(worker).Length, Read(worker).Length));
        Assert.False(Directory.Exists(made));
        answer.SetResult();
        await worker.WaitForEndAsync(waiting);
        Assert.Single((await worker.Ledger.Reading.ListInsightsAsync(new(), 10, null, Cancellation)).Insights);
    }

    [Fact]
    public async Task By_hand_jobs_of_a_source_go_once_they_were_shown()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("gone.txt")));
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("gone.txt") with { Again = true }));
        var kept = await worker.SubmitAsync(worker.Job("kept.txt"));
        await worker.WaitForEndAsync(kept);
        string[] purge = ["purge", "--jobs", "--source", "gone", "--data", Path.Combine(worker.Folder, "data")];

        var (_, shown) = await RunAsync([.. purge, "--dry-run"]);
        Assert.Equal(2, Copies(worker).Length);
        var (code, removed) = await RunAsync(purge);
        var (none, which) = await RunAsync(["purge", "--jobs", "--data", Path.Combine(worker.Folder, "data")]);

        Assert.Equal("2 jobs with 2 insights and 1 files with 0.0 MiB would be removed.", shown.Trim());
        Assert.Equal((0, "2 jobs with 2 insights and 1 files with 0.0 MiB are removed."), (code, removed.Trim()));
        Assert.Equal(1, none);
        Assert.Contains("or set Retention:JobDays", which, StringComparison.Ordinal);
        Assert.Single(Copies(worker));
        Assert.Equal([kept], (await worker.Ledger.Reading.ListJobsAsync(JobFilter.All, 10, null, Cancellation)).Jobs
            .Select(job => job.JobId));
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_scheduled_and_nothing_is_removed()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.WaitForEndAsync(await worker.SubmitAsync(worker.Job("done.txt")));

        await worker.Server.Services.GetRequiredService<RetentionTrigger>().RunAsync(Cancellation);

        Assert.Single(Copies(worker));
        Assert.Null(worker.Server.Services.GetRequiredService<IOptions<RetentionOptions>>().Value.MediaDays);
        Assert.DoesNotContain(RetentionSchedule.Name, Scheduled(worker));
    }

    [Fact]
    public async Task With_a_setting_it_is_scheduled()
    {
        await using var worker = await TestWorker.StartAsync(("Retention:JobDays", "365"), ("Retention:Cron", "15 4 * * *"));

        await TestWorker.WaitAsync(() => Scheduled(worker).Contains(RetentionSchedule.Name));
    }

    private static async Task<(int Code, string Output)> RunAsync(string[] command)
    {
        await using var output = new StringWriter();
        return (await CommandLine.RunAsync(command, output, output), output.ToString());
    }

    // What is read of it is kept, unlike a short text.
    private static SubmitJob Page(TestWorker worker, string name) =>
        worker.Job("beside.txt") with { Source = worker.AddText(name, "<!DOCTYPE html><html><body><p>Some words.</p></body></html>") };

    // What was read of documents.
    private static string[] Read(TestWorker worker) =>
        [.. Directory.GetFiles(Path.Combine(worker.Folder, "data", "documents"), "*", SearchOption.AllDirectories)];

    private static List<string> Scheduled(TestWorker worker)
    {
        using var connection = worker.Server.Services.GetRequiredService<JobStorage>().GetConnection();
        return [.. connection.GetRecurringJobs().Select(job => job.Id)];
    }

    // What is read of a document lies beside the copies, in folders of its own.
    private static string[] Copies(TestWorker worker) =>
        [.. Directory.GetFiles(Path.Combine(worker.Folder, "data", "media"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileNameWithoutExtension(file).Length == 64)];
}
