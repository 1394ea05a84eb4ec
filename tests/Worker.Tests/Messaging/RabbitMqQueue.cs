using Qwen35Batch.TestServers;
using Qwen35Batch.Worker.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Qwen35Batch.Worker.Tests.Messaging;

/// <summary>A queue as a program without MassTransit sees it.</summary>
internal sealed class RabbitMqQueue : IAsyncDisposable
{
    private readonly IConnection _connection;

    private RabbitMqQueue(IConnection connection, string name)
    {
        _connection = connection;
        Name = name;
    }

    public string Name { get; }

    public static async Task<RabbitMqQueue> ConnectAsync(RabbitMqVirtualHost host, string name)
    {
        var factory = new ConnectionFactory { Uri = host.Address };
        return new(await factory.CreateConnectionAsync(TestContext.Current.CancellationToken), name);
    }

    public async Task PublishAsync(
        ReadOnlyMemory<byte> body, string? contentType, IDictionary<string, object?>? headers = null, string? replyTo = null)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        var properties = new BasicProperties { MessageId = Guid.NewGuid().ToString() };
        if (contentType is not null) properties.ContentType = contentType;
        if (headers is not null) properties.Headers = headers;
        if (replyTo is not null) properties.ReplyTo = replyTo;
        await channel.BasicPublishAsync("", Name, mandatory: true, properties, body, TestContext.Current.CancellationToken);
    }

    /// <summary>Takes a message as a consumer would that dies with it.</summary>
    public async Task TakeAndReturnAsync()
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        var message = await TestWorker.WaitAsync(
            async () => await channel.BasicGetAsync(Name, autoAck: false, TestContext.Current.CancellationToken),
            found => found is not null);
        await channel.BasicNackAsync(message!.DeliveryTag, multiple: false, requeue: true, TestContext.Current.CancellationToken);
    }

    /// <summary>Whether there is an exchange or a queue of this name with an ending.</summary>
    public async Task<bool> ExistsAsync(string ending)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            await channel.ExchangeDeclarePassiveAsync(Name + ending, TestContext.Current.CancellationToken);
            return true;
        }
        catch (OperationInterruptedException)
        {
            return await CountAsync(ending) > 0;
        }
    }

    /// <summary>Messages in the queue of this name with an ending; 0 when it is not there.</summary>
    public async Task<uint> CountAsync(string ending = "")
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(Name + ending, TestContext.Current.CancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException)
        {
            return 0;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
