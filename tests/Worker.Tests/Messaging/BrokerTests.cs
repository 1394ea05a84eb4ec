using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

/// <summary>A broker that cuts connections, or takes nothing, while the worker works.</summary>
public sealed class BrokerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_delivery_is_held_while_the_model_works_so_that_no_limit_on_holding_one_matters()
    {
        await using var server = await RabbitMqServer.StartAsync();
        if (server.ControlSkipReason is { } reason) Assert.Skip(reason);
        var host = server.NewVirtualHost();
        var (settings, name) = BusTests.RabbitMq(host);
        await using var worker = await TestWorker.StartAsync(settings);
        var answer = new TaskCompletionSource();
        worker.Model.BeforeAnswer = (_, token) => answer.Task.WaitAsync(token);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var deliveries = new DeliveryCount();
        bus.ConnectReceiveObserver(deliveries);
        var (held, next) = (worker.Job("held.txt"), worker.Job("next.txt"));
        await SendAsync(host, name, held);
        await TestWorker.WaitAsync(() => worker.Model.Calls == 1);

        // What a broker does with a consumer that has not acknowledged in time: what it holds is delivered again.
        await server.ControlAsync(["close_all_connections", "the time is over"], Cancellation);
        await SendAsync(host, name, next);
        await TestWorker.WaitAsync(() => worker.Model.Calls == 2);
        answer.SetResult();

        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(held.JobId)).State);
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(next.JobId)).State);
        Assert.Equal((2, 2), (deliveries.Count, worker.Model.Calls));
    }

    [Fact]
    public async Task While_the_broker_is_out_of_memory_work_goes_on_and_events_wait()
    {
        await using var server = await RabbitMqServer.StartAsync();
        if (server.ControlSkipReason is { } reason) Assert.Skip(reason);
        var (settings, _) = BusTests.RabbitMq(server.NewVirtualHost());
        await using var worker = await TestWorker.StartAsync([.. settings, ("Bus:PublishTimeout", "00:00:02")]);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        await server.ControlAsync(["set_vm_memory_high_watermark", "0"], Cancellation);

        var job = await worker.SubmitAsync(worker.Job("alarm.txt"));
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(job)).State);
        var after = await worker.SubmitAsync(worker.Job("after.txt"));
        Assert.Equal(JobState.Completed, (await worker.WaitForEndAsync(after)).State);
        Assert.NotEqual(0, await UnsentAsync(worker));
        await server.ControlAsync(["set_vm_memory_high_watermark", "0.4"], Cancellation);

        await TestWorker.WaitAsync(() => UnsentAsync(worker), unsent => unsent == 0, "The last event");
    }

    private static async Task SendAsync(RabbitMqVirtualHost host, string name, SubmitJob job)
    {
        await using var queue = await RabbitMqQueue.ConnectAsync(host, name);
        await queue.PublishAsync(JsonSerializer.SerializeToUtf8Bytes(job, JsonSerializerOptions.Web), "application/json");
    }

    private static async Task<long> UnsentAsync(TestWorker worker) =>
        (await worker.Ledger.Reading.CountsAsync(TimeSpan.FromMinutes(1), Cancellation)).UnsentEvents;
}
