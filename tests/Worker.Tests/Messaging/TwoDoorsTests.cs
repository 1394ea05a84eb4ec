using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

/// <summary>The same bodies are taken, and refused in the same words, whether they come over HTTP or as messages.</summary>
public sealed class TwoDoorsTests
{
    private const string Json = "application/json";

    // $ID and $SOURCE are a job's own.
    private static readonly (string? ContentType, string Body)[] Bodies =
    [
        (Json, """{"jobId":"$ID","source":"$SOURCE","task":"describe"}"""),
        (Json + "; charset=utf-8", """{"jobId":"$ID","source":"$SOURCE","task":"describe"}"""),
        (null, """{"jobId":"$ID","source":"$SOURCE","task":"describe"}"""),
        (Json, "\uFEFF" + """{"jobId":"$ID","source":"$SOURCE","task":"describe"}"""),
        (null, "\uFEFF" + """{"jobId":"$ID","source":"$SOURCE","task":"describe"}"""),
        (Json, """{"JobId":"$ID","Source":"$SOURCE","Task":"describe","Options":{"Language":"en"}}"""),
        (Json, """{"jobId":"$ID","source":"$SOURCE","task":"describe","sauce":1}"""),
        (Json, """{"jobId":"$ID","source":"$SOURCE","source":"$SOURCE","task":"describe"}"""),
        (Json, """{"jobId":"$ID","source":"$SOURCE","task":"describe","options":{"fps":2}}"""),
        (Json, """{"jobId":"$ID","source":"$SOURCE","task":"describe","options":[]}"""),
        (Json, """{"jobId":"$ID","source":"$SOURCE","task":"describe","priority":1.5}"""),
        (Json, """{"jobId":"$ID","source":"$SOURCE","task":"nonsense","priority":500}"""),
        (Json, """{"jobId":"$ID","source":"a.png"}"""),
        (Json, """{"jobId":"seven"}"""),
        (Json, """{"jobId":"$ID","source":"""),
        (Json, "null"),
        (Json, "[]"),
        (Json, ""),
        (null, "hello"),
        ("text/csv", "a;b;c"),
        ("application/x-www-form-urlencoded", "source=/a.png"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_doors_take_the_same_and_refuse_in_the_same_words()
    {
        var server = await RabbitMqServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        var host = server.NewVirtualHost();
        var (settings, name) = BusTests.RabbitMq(host);
        await using var worker = await TestWorker.StartAsync(settings);
        await worker.Server.Services.GetRequiredService<IBusControl>()
            .WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        await using var queue = await RabbitMqQueue.ConnectAsync(host, name);
        var refusals = 0;
        foreach (var (contentType, body) in Bodies)
        {
            var overHttp = await OverHttpAsync(worker, contentType, Filled(worker, body).Body);
            var (id, filled) = Filled(worker, body);
            await queue.PublishAsync(Encoding.UTF8.GetBytes(filled), contentType);
            var overBus = await TestWorker.WaitAsync(async () =>
            {
                if (await worker.Ledger.Reading.GetJobAsync(id, Cancellation) is not null) return "taken";
                var refused = await worker.Ledger.Submissions.ListRejectedMessagesAsync(0, 100, Cancellation);
                return refused.Count > refusals ? refused[0].Reason : "";
            }, found => found.Length > 0, body);
            if (overBus != "taken") refusals++;

            Assert.Equal((contentType, body, overHttp), (contentType, body, overBus));
        }

        Assert.Equal(Bodies.Length - 6, refusals);
    }

    [Fact]
    public async Task Addresses_that_a_message_names_for_faults_and_answers_are_not_obeyed()
    {
        var server = await RabbitMqServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        var host = server.NewVirtualHost();
        var (settings, name) = BusTests.RabbitMq(host);
        await using var worker = await TestWorker.StartAsync(settings);
        await worker.Server.Services.GetRequiredService<IBusControl>()
            .WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        await using var queue = await RabbitMqQueue.ConnectAsync(host, name);
        var address = $"rabbitmq://{host.Host}:{host.Port}/{Uri.EscapeDataString(host.VirtualHost)}/{name}_victim";
        var headers = new Dictionary<string, object?> { ["MT-Fault-Address"] = address, ["MT-Response-Address"] = address };
        // Refused by what it says, by its form, and by its type.
        string[] messages =
        [
            """{"jobId":"0199a1b2-0000-7000-8000-000000000001","source":"a.png"}""",
            """{"sauce":1}""",
            "7",
        ];
        foreach (var message in messages)
        {
            var envelope = $$"""
                {"messageId":"{{Guid.NewGuid()}}","messageType":["urn:message:Qwen35Batch.Contracts:SubmitJob"],
                 "faultAddress":"{{address}}","responseAddress":"{{address}}","message":{{message}}}
                """;
            await queue.PublishAsync(Encoding.UTF8.GetBytes(envelope), "application/vnd.masstransit+json", headers, $"{name}_victim");
            await queue.PublishAsync(Encoding.UTF8.GetBytes(message), Json, headers, $"{name}_victim");
        }

        await queue.PublishAsync(
            Encoding.UTF8.GetBytes(
                $$$"""{"messageType":["urn:message:Shop:OrderPlaced"],"faultAddress":"{{{address}}}","message":{"orderId":7}}"""),
            "application/vnd.masstransit+json",
            headers,
            $"{name}_victim");

        await TestWorker.WaitAsync(() => queue.CountAsync("_error"), count => count == (2 * messages.Length) + 1, "All refusals");
        Assert.False(await queue.ExistsAsync("_victim"));
    }

    private static (Guid Id, string Body) Filled(TestWorker worker, string body)
    {
        var id = Guid.CreateVersion7();
        var source = body.Contains("$SOURCE", StringComparison.Ordinal) ? worker.AddText($"{id}.txt") : "";
        return (id, body.Replace("$ID", $"{id}", StringComparison.Ordinal).Replace("$SOURCE", source, StringComparison.Ordinal));
    }

    private static async Task<string> OverHttpAsync(TestWorker worker, string? contentType, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var answer = await worker.Client.PostAsync("/jobs", content, Cancellation);
        if (answer.StatusCode == HttpStatusCode.Accepted) return "taken";

        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("errors");
        return string.Join(' ', errors.EnumerateObject().SelectMany(field => field.Value.EnumerateArray()
            .Select(message => field.Name.Length == 0 ? message.GetString() : $"{field.Name}: {message.GetString()}")));
    }
}
