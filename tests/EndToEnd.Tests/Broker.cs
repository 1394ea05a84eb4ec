using System.Collections.Concurrent;
using MassTransit;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>
/// The other side of the bus: sends submissions, as a program with MassTransit and as one without, and receives the events.
/// </summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly IBusControl _bus;
    private readonly IConnection _connection;
    private readonly ConcurrentQueue<object> _events = [];

    private Broker(RabbitMqVirtualHost host, IConnection connection)
    {
        Queue = $"{host.QueuePrefix}submit";
        _connection = connection;
        _bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host(host.Host, (ushort)host.Port, host.VirtualHost, login =>
            {
                login.Username(host.User);
                login.Password(host.Password);
            });
            rabbit.ReceiveEndpoint($"{host.QueuePrefix}events", endpoint =>
            {
                endpoint.AutoDelete = true;
                endpoint.Handler<JobCompleted>(Receive);
                endpoint.Handler<JobRejected>(Receive);
                endpoint.Handler<SegmentCompleted>(Receive);
            });
        });
    }

    /// <summary>The queue that the worker takes jobs from.</summary>
    public string Queue { get; }

    public static async Task<Broker> ConnectAsync(RabbitMqVirtualHost host)
    {
        var broker = new Broker(host, await new ConnectionFactory { Uri = host.Address }.CreateConnectionAsync());
        await broker._bus.StartAsync();
        return broker;
    }

    /// <summary>The events received so far.</summary>
    public IReadOnlyList<T> Events<T>() => [.. _events.OfType<T>()];

    /// <summary>Waits for the completion of all jobs.</summary>
    public Task<IReadOnlyList<JobCompleted>> CompletedAsync(IReadOnlyCollection<Guid> jobs, Func<string> log) => Deadline.UntilAsync(
        () =>
        {
            var ended = Events<JobCompleted>().Where(job => jobs.Contains(job.JobId)).DistinctBy(job => job.JobId).ToList();
            return Task.FromResult<IReadOnlyList<JobCompleted>?>(ended.Count == jobs.Count ? ended : null);
        },
        () =>
            $"Of {jobs.Count} jobs these have completed: {string.Join(", ", Events<JobCompleted>())}; rejected: "
                + $"{string.Join(", ", Events<JobRejected>())}\n{log()}");

    /// <summary>
    /// With MassTransit, to the worker's exchange; an address of the form <c>queue:</c> would declare its queue without its arguments.
    /// </summary>
    public async Task SendAsync(SubmitJob job) => await (await _bus.GetSendEndpoint(new($"exchange:{Queue}"))).Send(job);

    /// <summary>With MassTransit, to whoever takes submissions.</summary>
    public Task PublishAsync(SubmitJob job) => _bus.Publish(job);

    public async Task SendAsync(string text)
    {
        await using var channel = await _connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync(
            "",
            Queue,
            mandatory: true,
            new BasicProperties { ContentType = "application/json", Persistent = true },
            System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The messages in a queue; 0 while there is no such queue.</summary>
    public async Task<uint> CountAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return await channel.MessageCountAsync(queue);
        }
        catch (OperationInterruptedException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync();
        await _connection.DisposeAsync();
    }

    private Task Receive<T>(ConsumeContext<T> context)
        where T : class
    {
        _events.Enqueue(context.Message);
        return Task.CompletedTask;
    }
}
