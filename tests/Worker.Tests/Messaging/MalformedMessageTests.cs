using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

/// <summary>What other programs may put on the queue, on a real broker.</summary>
public sealed class MalformedMessageTests : IAsyncLifetime
{
    private const string Envelope = "application/vnd.masstransit+json";
    private const string Json = "application/json";

    private TestWorker _worker = null!;
    private RabbitMqQueue _queue = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Malformed => new()
    {
        { "not JSON in an envelope", Envelope, "}{", "The envelope is no JSON: " },
        { "no envelope", Envelope, "{}", "The envelope has no messageType or no message." },
        { "not JSON", Json, "hello", "'h' is an invalid start of a value." },
        { "another content type", "text/csv", "a;b;c", "The body must be JSON, with Content-Type: application/json." },
        { "nothing", Json, "", "The input does not contain any JSON tokens." },
        { "an array", Json, "[1,2,3]", "takes an object." },
        {
            "another type",
            Envelope,
            """{"messageType":["urn:message:Shop:OrderPlaced"],"message":{"orderId":7}}""",
            "of a type that is not received here"
        },
        { "a field of the wrong type", Json, """{"jobId":"seven","source":"/a.png"}""", "jobId: takes a UUID." },
        { "no fields", Json, "{}", "jobId: is missing" },
        {
            "an unknown task",
            Json,
            """{"jobId":"0199a1b2-0000-7000-8000-000000000001","source":"https://example.org/a.png","task":"nonsense"}""",
            "task: is 'nonsense'"
        },
        { "a relative source", Json, """{"jobId":"0199a1b2-0000-7000-8000-000000000001","source":"a.png"}""", "is a relative path" },
        { "a huge body", Json, "{\"source\":\"" + new string('a', 1_000_000) + "\"}", "at most 262,144 are accepted" },
    };

    public async ValueTask InitializeAsync()
    {
        var server = await RabbitMqServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        var host = server.NewVirtualHost();
        var (settings, name) = BusTests.RabbitMq(host);
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
    public async Task Every_malformed_message_ends_in_the_error_queue_and_in_the_ledger_with_its_reason()
    {
        var number = 0u;
        foreach (var (_, (name, contentType, body, reason)) in Malformed.Select(row => (row, row.Data)))
        {
            await _queue.PublishAsync(Encoding.UTF8.GetBytes(body), contentType);
            number++;
            var rows = await TestWorker.WaitAsync(
                () => _worker.Ledger.Submissions.ListRejectedMessagesAsync(0, 100, Cancellation), found => found.Count == number, name);
            Assert.True(rows[0].Reason.Contains(reason, StringComparison.Ordinal), $"{name}: {rows[0].Reason}");
            await TestWorker.WaitAsync(() => _queue.CountAsync("_error"), count => count == number, name);
        }

        Assert.Equal(0u, await _queue.CountAsync());
        Assert.Equal(0u, await _queue.CountAsync("_skipped"));
    }

    [Fact]
    public async Task After_a_malformed_message_a_good_one_of_a_program_without_MassTransit_is_worked_on()
    {
        var job = _worker.Job("plain.txt");

        await _queue.PublishAsync(Encoding.UTF8.GetBytes("}{"), Envelope);
        await _queue.PublishAsync(JsonSerializer.SerializeToUtf8Bytes(job, JsonSerializerOptions.Web), Json);

        var found = await TestWorker.WaitAsync(
            () => _worker.Ledger.Reading.GetJobAsync(job.JobId, Cancellation), details => details?.Job.State == JobState.Completed);
        Assert.Equal(job.Source, found!.Job.Source);
    }

    [Fact]
    public async Task A_message_that_nobody_finishes_ends_in_the_dead_queue()
    {
        await _worker.StopAsync();
        await _queue.PublishAsync(Encoding.UTF8.GetBytes("{}"), Json);

        for (var delivery = 0; delivery <= 20; delivery++) await _queue.TakeAndReturnAsync();

        await TestWorker.WaitAsync(() => _queue.CountAsync("_dead"), count => count == 1);
        Assert.Equal(0u, await _queue.CountAsync());
    }
}
