using MassTransit;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>Publishes with a bound: while the broker is away, MassTransit would wait for it instead of failing.</summary>
internal sealed class BusEventPublisher(IBusControl bus, IOptions<BusOptions> options, TimeProvider time) : IEventPublisher
{
    /// <summary>Events come in numbers, and for each answer the bus asks all of its endpoints.</summary>
    private static readonly TimeSpan HealthKept = TimeSpan.FromMilliseconds(100);

    private long _healthyAt = long.MinValue;

    public async Task PublishAsync(object message, Guid messageId, CancellationToken cancellationToken)
    {
        ThrowUnlessConnected();

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = bus.Publish(
            message, message.GetType(), Pipe.Execute<PublishContext>(context => context.MessageId = messageId), giveUp.Token);
        try
        {
            await publishing.WaitAsync(options.Value.PublishTimeout, time, cancellationToken);
        }
        catch
        {
            await giveUp.CancelAsync();
            throw;
        }
    }

    private void ThrowUnlessConnected()
    {
        var healthyAt = Volatile.Read(ref _healthyAt);
        if (healthyAt != long.MinValue && time.GetElapsedTime(healthyAt) < HealthKept) return;
        if (bus.CheckHealth().Status != BusHealthStatus.Healthy) throw new IOException("The bus is not connected.");
        Volatile.Write(ref _healthyAt, time.GetTimestamp());
    }
}
