using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

public sealed class OutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_its_broker_the_worker_starts_works_and_says_that_it_is_not_ready()
    {
        await using var worker = await TestWorker.StartAsync(
            ("Bus:Transport", "RabbitMq"), ("Bus:Host", "127.0.0.1"), ("Bus:Port", $"{ClosedPort()}"));
        var job = worker.Job("no-broker.txt");

        using var accepted = await worker.Client.PostAsJsonAsync("/jobs", job, Cancellation);
        var ended = await worker.WaitForEndAsync(job.JobId);
        using var live = await worker.Client.GetAsync("/health/live", Cancellation);
        using var ready = await worker.Client.GetAsync("/health/ready", Cancellation);
        var checks = (await ready.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("checks");
        var counts = await worker.Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(JobState.Completed, ended.State);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("unhealthy", checks.GetProperty("bus").GetProperty("status").GetString());
        Assert.Equal("healthy", checks.GetProperty("ledger").GetProperty("status").GetString());
        Assert.Equal(2, counts.UnsentEvents);
    }

    [Fact]
    public async Task Events_of_a_broker_outage_are_published_when_it_is_back()
    {
        await using var server = await RabbitMqServer.StartAsync();
        if (server.ControlSkipReason is { } reason) Assert.Skip(reason);
        var (settings, queue) = BusTests.RabbitMq(server.NewVirtualHost());
        await using var worker = await TestWorker.StartAsync(settings);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        await server.ControlAsync(["stop_app"], Cancellation);
        await TestWorker.WaitAsync(() => bus.CheckHealth().Status != BusHealthStatus.Healthy);

        var job = await worker.SubmitAsync(worker.Job("outage.txt"));
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
        Assert.Equal(2, (await worker.Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(1), Cancellation)).UnsentEvents);
        await server.ControlAsync(["start_app"], Cancellation);

        await TestWorker.WaitAsync(
            async () => (await worker.Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(1), Cancellation)).UnsentEvents,
            unsent => unsent == 0);
        var late = worker.Job("after.txt");
        await (await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))).Send(late, Cancellation);
        await TestWorker.WaitAsync(
            () => worker.Ledger.Reading.GetJobAsync(late.JobId, Cancellation), found => found?.Job.State == JobState.Completed);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
