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
    private readonly IChannel _sender;
    private readonly IChannel _listener;
    private int _events;

    private PlumbingBroker(IConnection connection, IChannel sender, IChannel listener)
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
            await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken),
            await connection.CreateChannelAsync(cancellationToken: cancellationToken));
        await broker.ListenAsync(cancellationToken);
        return broker;
    }

    /// <summary>Sends plain JSON to a queue; returns when the broker has confirmed all of it.</summary>
    public Task SendAsync(string queue, IReadOnlyList<byte[]> messages, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        messages,
        new ParallelOptions { MaxDegreeOfParallelism = SendersAtOnce, CancellationToken = cancellationToken },
        async (message, token) => await _sender.BasicPublishAsync(
            "", queue, mandatory: true, new BasicProperties { ContentType = "application/json", Persistent = true }, message, token));

    /// <summary>Waits until a queue is there.</summary>
    public async Task QueueIsThereAsync(string queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
                return;
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
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
