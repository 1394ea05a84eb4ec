using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Tests.Hosting;

namespace Qwen35Batch.Worker.Tests.Messaging;

public sealed class BusTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BusTransport.InMemory)]
    [InlineData(BusTransport.RabbitMq)]
    public async Task A_job_from_the_bus_is_worked_on_and_its_events_are_published(BusTransport transport)
    {
        var (settings, queue) = await SettingsAsync(transport);
        await using var worker = await TestWorker.StartAsync(settings);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var completed = new TaskCompletionSource<JobCompleted>();
        var segment = new TaskCompletionSource<SegmentCompleted>();
        var events = bus.ConnectReceiveEndpoint($"{queue}-events", endpoint =>
        {
            endpoint.Handler<JobCompleted>(context => { completed.TrySetResult(context.Message); return Task.CompletedTask; });
            endpoint.Handler<SegmentCompleted>(context => { segment.TrySetResult(context.Message); return Task.CompletedTask; });
        });
        await events.Ready;
        var job = worker.Job("from-bus.txt") with { CorrelationId = "order-7" };

        await (await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))).Send(job, Cancellation);

        Assert.Equal(
            (job.JobId, "order-7", JobState.Completed, 1), await completed.Task.WaitAsync(Hang.Limit, Cancellation) switch
            {
                var e => (e.JobId, e.CorrelationId, e.State, e.Done),
            });
        Assert.Equal(job.JobId, (await segment.Task.WaitAsync(Hang.Limit, Cancellation)).JobId);
        Assert.Equal("Completed", (await worker.WaitForEndAsync(job.JobId)).State.ToString());
    }

    [Theory]
    [InlineData(BusTransport.InMemory)]
    [InlineData(BusTransport.RabbitMq)]
    public async Task Work_that_is_done_already_is_told_under_the_id_that_was_sent(BusTransport transport)
    {
        var (settings, queue) = await SettingsAsync(transport);
        await using var worker = await TestWorker.StartAsync(settings);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var earlier = worker.Job("done.txt");
        await worker.WaitForEndAsync(await worker.SubmitAsync(earlier));
        var again = earlier with { JobId = Guid.CreateVersion7(), CorrelationId = "order-9" };
        var told = new TaskCompletionSource<JobCompleted>();
        var events = bus.ConnectReceiveEndpoint(
            $"{queue}-events",
            endpoint => endpoint.Handler<JobCompleted>(context =>
            {
                if (context.Message.JobId == again.JobId) told.TrySetResult(context.Message);
                return Task.CompletedTask;
            }));
        await events.Ready;

        await (await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))).Send(again, Cancellation);

        var message = await told.Task.WaitAsync(Hang.Limit, Cancellation);
        Assert.Equal((earlier.JobId, "order-9", JobState.Completed), (message.DuplicateOf, message.CorrelationId, message.State));
        Assert.Equal(1, worker.Model.Calls);
    }

    [Theory]
    [InlineData(BusTransport.InMemory)]
    [InlineData(BusTransport.RabbitMq)]
    public async Task A_job_that_ends_without_an_insight_is_published_as_rejected(BusTransport transport)
    {
        var (settings, queue) = await SettingsAsync(transport);
        await using var worker = await TestWorker.StartAsync(settings);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var rejected = new TaskCompletionSource<JobRejected>();
        var events = bus.ConnectReceiveEndpoint(
            $"{queue}-events",
            endpoint => endpoint.Handler<JobRejected>(context => { rejected.TrySetResult(context.Message); return Task.CompletedTask; }));
        await events.Ready;
        var job = worker.Job("gone.txt");
        File.Delete(job.Source);

        await (await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))).Send(job, Cancellation);

        var message = await rejected.Task.WaitAsync(Hang.Limit, Cancellation);
        Assert.Equal((job.JobId, RejectionReason.SourceNotFound), (message.JobId, message.Reason));
    }

    [Theory]
    [InlineData(BusTransport.InMemory)]
    [InlineData(BusTransport.RabbitMq)]
    public async Task A_submission_that_is_refused_leaves_a_row_with_its_reason(BusTransport transport)
    {
        var (settings, queue) = await SettingsAsync(transport);
        await using var worker = await TestWorker.StartAsync(settings);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);

        await (await bus.GetSendEndpoint(new Uri($"exchange:{queue}")))
            .Send(worker.Job("refused.txt") with { Task = "nonsense" }, Cancellation);

        var rows = await TestWorker.WaitAsync(
            () => worker.Ledger.Submissions.ListRejectedMessagesAsync(0, 10, Cancellation), found => found.Count == 1);
        Assert.Contains("task: is 'nonsense'", rows[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_submission_sent_five_times_at_once_is_one_job()
    {
        var (settings, queue) = await SettingsAsync(BusTransport.RabbitMq);
        await using var worker = await TestWorker.StartAsync(settings);
        var bus = worker.Server.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Hang.Limit);
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{queue}"));
        var job = worker.Job("five.txt");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => endpoint.Send(job with { JobId = Guid.CreateVersion7() }, Cancellation)));

        var page = await TestWorker.WaitAsync(
            () => worker.Ledger.Reading.ListJobsAsync(Persistence.Reading.JobFilter.All, 10, null, Cancellation),
            found => found.Jobs is [{ State: JobState.Completed }]);
        Assert.Single(page.Jobs);
        Assert.Equal(1, worker.Model.Calls);
    }

    internal static async Task<((string Key, string Value)[] Settings, string Queue)> SettingsAsync(BusTransport transport)
    {
        if (transport == BusTransport.InMemory)
        {
            var name = $"test-{Guid.NewGuid():N}";
            return ([("Bus:QueueName", name)], name);
        }

        var server = await RabbitMqServer.SharedAsync();
        if (server.SkipReason is { } reason) Assert.Skip(reason);
        return RabbitMq(server.NewVirtualHost());
    }

    internal static ((string Key, string Value)[] Settings, string Queue) RabbitMq(RabbitMqVirtualHost host) => (
        [
            ("Bus:Transport", "RabbitMq"),
            ("Bus:Host", host.Host),
            ("Bus:Port", $"{host.Port}"),
            ("Bus:VirtualHost", host.VirtualHost),
            ("Bus:Username", host.User),
            ("Bus:Password", host.Password),
            ("Bus:QueueName", $"{host.QueuePrefix}submit"),
        ],
        $"{host.QueuePrefix}submit");
}
