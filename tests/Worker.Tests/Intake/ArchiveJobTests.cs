using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Intake;

/// <summary>A ZIP archive as a job, unpacked by the program in a process of its own.</summary>
public sealed class ArchiveJobTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_files_of_an_archive_that_comes_by_http_become_jobs_and_what_is_not_opened_is_named()
    {
        await using var worker = await TestWorker.StartAsync();
        using var inner = Zip(("deep.txt", "words of the innermost"));
        var source = Add(worker, "mixed.zip", Encrypted(Zip(
            ("折/one.txt", "words of the first"), ("two.txt", "words of the second"), ("inner.zip", inner.ToArray()),
            ("secret.txt", "words of nobody"))));

        using var accepted = await worker.Client.PostAsJsonAsync(
            "/jobs", new SubmitJob { JobId = Guid.CreateVersion7(), Source = source, Task = "describe" }, Cancellation);
        var job = (await accepted.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("jobId").GetGuid();
        var archive = await worker.WaitForEndAsync(job);
        var jobs = await JobsAsync(worker, 4);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(JobState.CompletedWithGaps, archive.State);
        Assert.Contains("'secret.txt' is encrypted", archive.Detail, StringComparison.Ordinal);
        Assert.Equal(
            [("inner.zip", JobState.Rejected), ("two.txt", JobState.Completed), ("折/one.txt", JobState.Completed)],
            jobs.Where(each => each.Source != source)
                .Select(each => (each.Source[(source.Length + 2)..], each.State))
                .OrderBy(each => each.Item1, StringComparer.Ordinal));
        Assert.All(jobs, each => Assert.StartsWith(source, each.Source, StringComparison.Ordinal));
        Assert.Equal(2, worker.Model.Calls);
        var refused = jobs.Single(each => each.State == JobState.Rejected);
        Assert.Equal(RejectionReason.UnsupportedMedia, refused.Reason);
        Assert.Contains("an archive within an archive", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_comes_by_the_bus_is_told_as_ended_and_so_are_its_files()
    {
        var queue = $"test-{Guid.NewGuid():N}";
        await using var worker = await TestWorker.StartAsync(("Bus:Transport", "InMemory"), ("Bus:QueueName", queue));
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var told = new List<JobCompleted>();
        var all = new TaskCompletionSource();
        var events = bus.ConnectReceiveEndpoint($"{queue}-events", endpoint => endpoint.Handler<JobCompleted>(context =>
        {
            lock (told)
            {
                told.Add(context.Message);
                if (told.DistinctBy(message => message.JobId).Count() == 3) all.TrySetResult();
            }

            return Task.CompletedTask;
        }));
        await events.Ready;
        using var zip = Zip(("one.txt", "words of the first"), ("two.txt", "words of the second"));
        var job = new SubmitJob { JobId = Guid.CreateVersion7(), Source = Add(worker, "bus.zip", zip.ToArray()), Task = "describe" };

        await (await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))).Send(job, Cancellation);
        await all.Task.WaitAsync(Hang.Limit, Cancellation);

        lock (told)
        {
            Assert.All(told, message => Assert.Equal(JobState.Completed, message.State));
            Assert.Equal(0, told.First(message => message.JobId == job.JobId).Planned);
        }
    }

    [Theory]
    [InlineData("Acquire:MaxArchiveFiles", "1", RejectionReason.TooLarge, "Acquire:MaxArchiveFiles")]
    [InlineData("Acquire:OpenArchives", "false", RejectionReason.UnsupportedMedia, "Acquire:OpenArchives")]
    public async Task An_archive_that_may_not_be_opened_is_refused_with_the_setting_that_says_so(
        string key, string value, RejectionReason reason, string detail)
    {
        await using var worker = await TestWorker.StartAsync((key, value));
        using var zip = Zip(("one.txt", "x"), ("two.txt", "y"));

        var archive = await worker.WaitForEndAsync(await worker.SubmitAsync(
            new() { JobId = Guid.CreateVersion7(), Source = Add(worker, "many.zip", zip.ToArray()), Task = "describe" }));

        Assert.Equal((JobState.Rejected, reason), (archive.State, archive.Reason));
        Assert.Contains(detail, archive.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_of_nothing_but_protected_files_is_encrypted()
    {
        await using var worker = await TestWorker.StartAsync();
        var source = Add(worker, "locked.zip", Encrypted(Zip(("secret.txt", "words of nobody"))));

        var archive = await worker.WaitForEndAsync(
            await worker.SubmitAsync(new() { JobId = Guid.CreateVersion7(), Source = source, Task = "describe" }));

        Assert.Equal((JobState.Rejected, RejectionReason.Encrypted), (archive.State, archive.Reason));
    }

    private static async Task<IReadOnlyList<Persistence.Reading.JobSummary>> JobsAsync(TestWorker worker, int count)
    {
        var jobs = await TestWorker.WaitAsync(
            async () => (await worker.Ledger.Reading.ListJobsAsync(new(), 100, null, Cancellation)).Jobs,
            found => found.Count == count && found.All(each => each.State >= JobState.Completed));
        return jobs;
    }

    private static string Add(TestWorker worker, string name, byte[] content)
    {
        var path = Path.Combine(worker.Media, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static MemoryStream Zip(params (string Name, object Content)[] files)
    {
        var target = new MemoryStream();
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, content) in files)
        {
            using var entry = archive.CreateEntry(name).Open();
            entry.Write(content as byte[] ?? Encoding.UTF8.GetBytes((string)content));
        }

        return target;
    }

    // Sets the bit that says "encrypted" in both headers of the last file.
    private static byte[] Encrypted(MemoryStream zip)
    {
        var bytes = zip.ToArray();
        bytes[bytes.AsSpan().LastIndexOf("PK\u0003\u0004"u8) + 6] |= 1;
        bytes[bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        return bytes;
    }
}
