using System.Net.Http.Json;
using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Processes;

public sealed class ProcessTests : IDisposable
{
    private static readonly string[] Quick =
    [
        "Stages:LeaseDuration=00:00:03",
        "Stages:HeartbeatInterval=00:00:01",
        "Stages:ReapInterval=00:00:00.2",
        "Ledger:BackOff=00:00:00"
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("qwen35batch-process-").FullName;

    public ProcessTests() => Directory.CreateDirectory(Path.Combine(_folder, "media"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Wrong_settings_stop_the_host_with_a_sentence_each()
    {
        var (exitCode, output) = await WorkerProcess.RunAsync(
            "serve", "--data", Path.Combine(_folder, "data"), "--set", "Bus:Transport=Rabbit", "--set", "Stages:Pol=1");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            [
                "Bus:Transport is 'Rabbit'; it takes InMemory or RabbitMq.",
                "The setting 'Stages:Pol' is not known; Stages has PlanConcurrency, AnalyseConcurrency, LeaseDuration, HeartbeatInterval, "
                    + "PollInterval, ReapInterval and DrainTimeout."
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task Settings_that_do_not_go_together_stop_the_host_with_a_sentence()
    {
        var (exitCode, output) = await WorkerProcess.RunAsync(
            "serve", "--data", Path.Combine(_folder, "data"), "--set", "Bus:Transport=RabbitMq", "--set", "Bus:Host=rabbitmq",
            "--set", "Engine:Kind=OpenAI", "--set", "Engine:BaseUrl=http://127.0.0.1:9/v1", "--set", "Engine:Model=x");

        Assert.Equal(1, exitCode);
        Assert.Contains("guest is accepted for a broker on this machine only", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_signal_lets_running_work_end_and_a_second_one_gives_it_back()
    {
        await using var engine = await StubEndpoint.StartAsync();
        var answer = new TaskCompletionSource();
        engine.Answering = answer.Task;
        var job = Job("signal.txt");

        await using (var worker = WorkerProcess.Serve(_folder, engine.BaseUrl, null, [.. Quick, "Stages:DrainTimeout=00:01:00"]))
        {
            await worker.WaitUntilReadyAsync();
            Assert.True(await worker.TrySubmitAsync(job));
            await TestWorker.WaitAsync(() => engine.Calls == 1);
            worker.Terminate();
            await TestWorker.WaitAsync(() => worker.Output.Contains("Stopping:", StringComparison.Ordinal));
            worker.Terminate();

            Assert.Equal(0, await worker.WaitForExitAsync());
            Assert.Contains("1 unfinished rows of Analyse were given back.", worker.Output, StringComparison.Ordinal);
        }

        answer.SetResult();
        await using var next = WorkerProcess.Serve(_folder, engine.BaseUrl, null, Quick);
        await next.WaitUntilReadyAsync();
        Assert.Equal(1, (await EndAsync(next, job)).GetProperty("segments").GetProperty("done").GetInt32());
        next.Terminate();
        Assert.Equal(0, await next.WaitForExitAsync());
    }

    [Theory]
    [InlineData("before-intake-commit")]
    [InlineData("after-intake-commit")]
    [InlineData("after-claim")]
    [InlineData("after-infer")]
    [InlineData("after-complete")]
    [InlineData("after-publish")]
    public async Task Wherever_a_worker_is_killed_every_insight_is_there_once(string point)
    {
        await using var engine = await StubEndpoint.StartAsync();
        var job = Job("killed.txt");
        await using (var killed = WorkerProcess.Serve(_folder, engine.BaseUrl, point, Quick))
        {
            await killed.WaitUntilReadyAsync();
            await killed.TrySubmitAsync(job);
            Assert.Equal(128 + 9, await killed.WaitForExitAsync());
        }

        await using var next = WorkerProcess.Serve(_folder, engine.BaseUrl, null, Quick);
        await next.WaitUntilReadyAsync();
        Assert.True(await next.TrySubmitAsync(job));
        var ended = await EndAsync(next, job);
        var insights = await next.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job.JobId}/insights", Cancellation);

        Assert.Equal(("completed", 1), (ended.GetProperty("state").GetString(), insights.GetArrayLength()));
    }

    private static Task<JsonElement> EndAsync(WorkerProcess worker, SubmitJob job) => TestWorker.WaitAsync(
        async () => (await worker.Client.GetFromJsonAsync<JsonElement>($"/jobs/{job.JobId}", Cancellation)).GetProperty("job"),
        found => found.GetProperty("finishedAt").ValueKind == JsonValueKind.String);

    private SubmitJob Job(string name)
    {
        var path = Path.Combine(_folder, "media", name);
        File.WriteAllText(path, "Some words to be read.");
        return new() { JobId = Guid.CreateVersion7(), Source = path, Task = "describe" };
    }
}
