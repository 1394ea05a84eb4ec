using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Tests.Hosting;
using Qwen35Batch.Worker.Tests.Messaging;

namespace Qwen35Batch.Worker.Tests.Availability;

/// <summary>
/// Whatever is wrong with the database, nothing of the work is to blame: an answer that was on its way, and messages that come meanwhile,
/// outlast it, also when it lasts for longer than leases and than a message is held.
/// </summary>
public sealed class LedgerFaultKindsTests(LedgerFaultKindsTests.Servers servers) : IClassFixture<LedgerFaultKindsTests.Servers>
{
    private const int Messages = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("25006", "read-only")]
    [InlineData("42P01", "\"job\" does not exist")]
    [InlineData("42501", "permission denied")]
    [InlineData("28P01", "password authentication failed")]
    [InlineData("28000", "not permitted to log in")]
    [InlineData("3D000", "does not exist")]
    [InlineData("53300", "too many connections")]
    [InlineData("57014", "statement timeout")]
    [InlineData("53100", "no space left")]
    [InlineData("P0001", "no space left")]
    public async Task Results_and_messages_outlast_it_and_it_is_said(string code, string sentence)
    {
        if ((servers.Postgres.SkipReason ?? servers.RabbitMq.SkipReason) is { } reason) Assert.Skip(reason);
        await using var ledger = await BreakableLedger.CreateAsync(servers.Postgres);
        var (settings, _) = BusTests.RabbitMq(servers.Host);
        var name = $"{servers.Host.QueuePrefix}{code}";
        var log = new OutageLog();
        await using var worker = await TestWorker.StartAsync(
            null,
            null,
            services => services.Replace(ServiceDescriptor.Singleton<ILogger<LedgerWatch>>(log)),
            [
                .. settings,
                ("Bus:QueueName", name),
                ("Bus:OutageHold", "00:00:00.3"),
                ("Ledger:Provider", "PostgreSql"),
                ("Ledger:ConnectionString", ledger.ConnectionString),
                ("Stages:LeaseDuration", "00:00:03"),
                ("Stages:HeartbeatInterval", "00:00:00.5"),
                ("Stages:ReapInterval", "00:00:00.2"),
            ]);
        await worker.Server.Services.GetRequiredService<IBusControl>()
            .WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        await using var queue = await RabbitMqQueue.ConnectAsync(servers.Host, name);
        var answer = new TaskCompletionSource();
        worker.Model.BeforeAnswer = (call, _) => call.Number == 1 ? answer.Task : Task.CompletedTask;
        var job = await worker.SubmitAsync(worker.Job("in-flight.txt"));
        await worker.Model.FirstCall;

        await ledger.BreakAsync(code);
        answer.SetResult();
        var sent = Enumerable.Range(0, Messages).Select(number => worker.Job($"{number}.txt")).ToList();
        foreach (var one in sent)
            await queue.PublishAsync(JsonSerializer.SerializeToUtf8Bytes(one, JsonSerializerOptions.Web), "application/json");
        var said = await TestWorker.WaitAsync(
            () => LedgerHealthAsync(worker), found => found.Contains(code, StringComparison.Ordinal), "The outage in health");
        await ledger.LeasesRunOutAsync(code);
        await TestWorker.WaitAsync(() => queue.CountAsync(), count => count == Messages, "The messages in their queue");
        using var refused = await worker.Client.PostAsJsonAsync("/jobs", worker.Job("refused.txt"), Cancellation);
        await ledger.MendAsync(code);

        Assert.Contains(sentence, said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains(code, await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        foreach (var id in sent.Select(one => one.JobId).Append(job))
        {
            await TestWorker.WaitAsync(
                () => worker.Ledger.Reading.GetJobAsync(id, Cancellation),
                found => found?.Job.State == JobState.Completed,
                $"The end of {id}");
            var segment = Assert.Single((await worker.Ledger.Reading.GetJobAsync(id, Cancellation))!.Segments);
            Assert.Equal((1, 0), (segment.Attempts, segment.Crashes));
        }

        Assert.Equal(1 + Messages, worker.Model.Calls);
        Assert.Empty(await worker.Ledger.Submissions.ListRejectedMessagesAsync(0, 10, Cancellation));
        Assert.Equal((0u, 0u, 0u), (await queue.CountAsync(), await queue.CountAsync("_error"), await queue.CountAsync("_dead")));
        await TestWorker.WaitAsync(() => LedgerHealthAsync(worker), found => found.StartsWith("healthy:", StringComparison.Ordinal));
        // A connection that was open may still be answered before it is cut: then it began twice. On a slow machine a pause may be an
        // outage of its own, without this code, and may have begun before it.
        Assert.NotEmpty(log.Lines);
        Assert.All(log.Lines.Chunk(2), outage => Assert.Collection(
            outage,
            begins => Assert.StartsWith("Warning: The ledger cannot be used: ", begins, StringComparison.Ordinal),
            ends => Assert.StartsWith("Information: The ledger can be used again", ends, StringComparison.Ordinal)));
        Assert.InRange(log.Lines.Count(line => line.Contains(code, StringComparison.Ordinal)), 0, 2);
    }

    private static async Task<string> LedgerHealthAsync(TestWorker worker)
    {
        using var ready = await worker.Client.GetAsync("/health/ready", Cancellation);
        var check = (await ready.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("checks").GetProperty("ledger");
        return $"{check.GetProperty("status").GetString()}: {check.GetProperty("description").GetString()}";
    }

    /// <summary>A database server that may be broken, and one virtual host for all.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        public PostgresServer Postgres { get; private set; } = null!;

        public RabbitMqServer RabbitMq { get; private set; } = null!;

        public RabbitMqVirtualHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Postgres = await PostgresServer.StartAsync();
            RabbitMq = await RabbitMqServer.SharedAsync();
            if (RabbitMq.SkipReason is null) Host = RabbitMq.NewVirtualHost();
        }

        public ValueTask DisposeAsync() => Postgres.DisposeAsync();
    }
}
