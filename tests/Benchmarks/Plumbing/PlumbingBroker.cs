using MassTransit;
using Qwen35Batch.Contracts;
using Qwen35Batch.TestServers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>A sender with confirms, and a listener that counts the events of jobs that have ended.</summary>
internal sealed class PlumbingBroker : IAsyncDisposable
{
    private const string Ended = "Qwen35Batch.Contracts:JobCompleted";
    private const int SendersAtOnce = 64;

    private readonly IConnection _connection;
    private readonly IBusControl _sender;
    private readonly IChannel _listener;
    private int _events;

    private PlumbingBroker(IConnection connection, IBusControl sender, IChannel listener)
    {
        _connection = connection;
        _sender = sender;
        _listener = listener;
    }

    /// <summary>Events since the start.</summary>
    public int Events => Volatile.Read(ref _events);

    public static async Task<PlumbingBroker> OpenAsync(RabbitMqVirtualHost host, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = host.Address }.CreateConnectionAsync(cancellationToken);
        var broker = new PlumbingBroker(
            connection,
            Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(host.Host, (ushort)host.Port, host.VirtualHost, user =>
            {
                user.Username(host.User);
                user.Password(host.Password);
            })),
            await connection.CreateChannelAsync(cancellationToken: cancellationToken));
        await broker._sender.StartAsync(cancellationToken);
        await broker.ListenAsync(cancellationToken);
        return broker;
    }

    /// <summary>Sends jobs to a queue as any program with MassTransit does; returns when the broker has confirmed all of them.</summary>
    public async Task SendAsync(string queue, IReadOnlyList<SubmitJob> messages, CancellationToken cancellationToken)
    {
        var endpoint = await _sender.GetSendEndpoint(new Uri($"exchange:{queue}"));
        await Parallel.ForEachAsync(
            messages,
            new ParallelOptions { MaxDegreeOfParallelism = SendersAtOnce, CancellationToken = cancellationToken },
            async (message, token) => await endpoint.Send(message, token));
    }

    /// <summary>Waits until so many consume a queue: what is sent before it is bound goes nowhere.</summary>
    public async Task ConsumersAreThereAsync(string queue, int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                if ((await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).ConsumerCount >= count) return;
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                // Nobody has made it yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.StopAsync(CancellationToken.None);
        await _listener.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await _listener.ExchangeDeclareAsync(Ended, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        var queue = await _listener.QueueDeclareAsync(cancellationToken: cancellationToken);
        await _listener.QueueBindAsync(queue.QueueName, Ended, "", cancellationToken: cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(_listener);
        consumer.ReceivedAsync += (_, _) =>
        {
            Interlocked.Increment(ref _events);
            return Task.CompletedTask;
        };
        await _listener.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer, cancellationToken);
    }
}
