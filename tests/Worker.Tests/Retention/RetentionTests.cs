using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
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
    public async Task With_the_setting_it_is_scheduled()
    {
        await using var worker = await TestWorker.StartAsync(("Retention:MediaDays", "30"), ("Retention:Cron", "15 4 * * *"));

        await TestWorker.WaitAsync(() => Scheduled(worker).Contains(RetentionSchedule.Name));
    }

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
