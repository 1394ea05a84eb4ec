using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// Asks the broker a question on a connection of its own. A broker that is silent (a network that drops everything) leaves the bus looking
/// connected until its heartbeats are missed.
/// </summary>
internal sealed class BrokerProbe(IOptions<BusOptions> options) : IAsyncDisposable
{
    /// <summary>Every virtual host has it.</summary>
    private const string Exchange = "amq.fanout";

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Why the broker cannot be used, in a sentence with its address; null when it answers. One question at a time.</summary>
    public async Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Transport != BusTransport.RabbitMq) return null;

        try
        {
            if (_channel is not { IsOpen: true }) await ConnectAsync(cancellationToken);
            await _channel!.ExchangeDeclarePassiveAsync(Exchange, cancellationToken);
            return null;
        }
        catch (Exception exception)
        {
            Drop();
            return exception is OperationCanceledException or TimeoutException
                ? $"The broker at {options.Value.Host}:{options.Value.Port} does not answer."
                : $"The broker at {options.Value.Host}:{options.Value.Port} cannot be used: {exception.GetBaseException().Message}";
        }
    }

    public ValueTask DisposeAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Drop();
        _connection = await BrokerConnection.OpenAsync(options.Value, "qwen35batch health", cancellationToken);
        _channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
    }

    private void Drop()
    {
        if (_connection is { } connection) _ = AbandonAsync(connection);
        _connection = null;
        _channel = null;
    }

    private static async Task AbandonAsync(IConnection connection)
    {
        // A silent broker answers no farewell either.
        await connection.AbortAsync(Farewell).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync();
    }
}
