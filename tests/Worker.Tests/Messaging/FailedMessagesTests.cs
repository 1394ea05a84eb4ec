using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;
using Qwen35Batch.Worker.Tests.Processes;

namespace Qwen35Batch.Worker.Tests.Messaging;

/// <summary>Messages that were refused or never finished, seen and sent again.</summary>
public sealed class FailedMessagesTests : IAsyncLifetime
{
    private TestWorker _worker = null!;
    private RabbitMqQueue _queue = null!;
    private string[] _settings = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var server = await RabbitMqServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        var host = server.NewVirtualHost();
        var (settings, name) = BusTests.RabbitMq(host);
        _settings = [.. settings.SelectMany(setting => new[] { "--set", $"{setting.Key}={setting.Value}" })];
        _worker = await TestWorker.StartAsync(settings);
        await _worker.Server.Services.GetRequiredService<IBusControl>()
            .WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        _queue = await RabbitMqQueue.ConnectAsync(host, name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_queue is not null) await _queue.DisposeAsync();
        if (_worker is not null) await _worker.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_message_is_listed_with_its_reason_as_often_as_one_looks_and_can_be_sent_again()
    {
        var job = _worker.Job("later.txt");
        var body = JsonSerializer.SerializeToUtf8Bytes(job with { Task = "later" }, JsonSerializerOptions.Web);
        await _queue.PublishAsync(body, "application/json");
        await TestWorker.WaitAsync(() => _queue.CountAsync("_error"), count => count == 1);

        // More looks than a broker delivers a message.
        JsonElement message = default;
        for (var look = 0; look < 25; look++) message = Assert.Single(await TestWorker.WaitAsync(ListAsync, found => found.Count > 0));
        Assert.StartsWith("task: is 'later'; the tasks are ", message.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.GetString(body), message.GetProperty("body").GetString());
        Assert.Equal($"{_queue.Name}_error", message.GetProperty("queue").GetString());
        await TestWorker.WaitAsync(() => _queue.CountAsync("_error"), count => count == 1);
        Assert.Equal(0u, await _queue.CountAsync("_dead"));

        using var nothing = await _worker.Client.PostAsync("/messages/redrive", null, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, nothing.StatusCode);
        Assert.Equal("""{"redriven":0}""", await RedriveAsync("id=unknown"));
        // Refused again, it comes back, and the call ends all the same.
        Assert.Equal("""{"redriven":1}""", await RedriveAsync($"id={message.GetProperty("id").GetString()}"));
        await TestWorker.WaitAsync(() => _queue.CountAsync("_error"), count => count == 1);

        // The same from another machine, through the worker.
        string[] server = ["--server", $"{_worker.Client.BaseAddress}"];
        var (_, list) = await WorkerProcess.RunAsync(["messages", "list", .. server]);
        Assert.Contains($" in {_queue.Name}_error", list, StringComparison.Ordinal);
        Assert.Contains("  task: is 'later'; the tasks are ", list, StringComparison.Ordinal);
        await TestWorker.WaitAsync(() => _queue.CountAsync("_error"), count => count == 1);
        var (_, sent) = await WorkerProcess.RunAsync(
            ["messages", "redrive", "--id", message.GetProperty("id").GetString()!, "--id", "unknown", .. server]);
        Assert.Equal("1 sent again.", sent.Trim());
    }

    [Fact]
    public async Task A_crash_between_sending_again_and_removing_duplicates_the_message_and_the_job_is_done_once()
    {
        await _worker.StopAsync();
        var job = _worker.Job("dead.txt");
        await _queue.PublishAsync(JsonSerializer.SerializeToUtf8Bytes(job, JsonSerializerOptions.Web), "application/json");
        for (var delivery = 0; delivery <= 20; delivery++) await _queue.TakeAndReturnAsync();
        await TestWorker.WaitAsync(() => _queue.CountAsync("_dead"), count => count == 1);
        string[] data = ["--data", Path.Combine(_worker.Folder, "data"), .. _settings];

        var (listed, list) = await WorkerProcess.RunAsync(["messages", "list", .. data]);
        var (crashed, _) = await WorkerProcess.RunAsync("after-redrive", ["messages", "redrive", "--all", .. data]);
        await TestWorker.WaitAsync(() => _queue.CountAsync("_dead"), count => count == 1, "The message in its place");
        var (redriven, output) = await WorkerProcess.RunAsync(["messages", "redrive", "--all", .. data]);
        var (without, usage) = await WorkerProcess.RunAsync(["messages", "redrive", .. data]);

        Assert.True(listed == 0, list);
        Assert.Contains($" in {_queue.Name}_dead", list, StringComparison.Ordinal);
        Assert.Contains("It was delivered again and again", list, StringComparison.Ordinal);
        Assert.NotEqual(0, crashed);
        Assert.True(redriven == 0, output);
        Assert.Contains("1 sent again.", output, StringComparison.Ordinal);
        Assert.Equal(0u, await _queue.CountAsync("_dead"));
        Assert.Equal(2u, await _queue.CountAsync());
        Assert.Equal((1, "Say which: --id <id>, or --all for all messages."), (without, usage.Trim()));

        await using var next = await TestWorker.StartAsync(_worker.Folder, null, null, Settings());
        await next.WaitForEndAsync(await TestWorker.WaitAsync(
            async () => (await next.Ledger.Reading.GetJobAsync(job.JobId, Cancellation))?.Job.JobId ?? Guid.Empty, id => id != Guid.Empty));
        await TestWorker.WaitAsync(() => _queue.CountAsync(), count => count == 0);
        Assert.Equal(1, next.Model.Calls);
        Assert.Empty(await next.Ledger.Submissions.ListRejectedMessagesAsync(0, 10, Cancellation));
    }

    private async Task<string> RedriveAsync(string which)
    {
        await TestWorker.WaitAsync(() => _queue.CountAsync("_error"), count => count == 1);
        using var answer = await _worker.Client.PostAsync($"/messages/redrive?{which}", null, Cancellation);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private (string Key, string Value)[] Settings() =>
        [.. _settings.Where(setting => setting != "--set").Select(setting => setting.Split('=', 2)).Select(pair => (pair[0], pair[1]))];

    private async Task<List<JsonElement>> ListAsync() =>
        [.. (await _worker.Client.GetFromJsonAsync<JsonElement>("/messages/failed", Cancellation)).EnumerateArray()];
}
