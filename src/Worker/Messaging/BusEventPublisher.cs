using MassTransit;
using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>Publishes with a bound: while the broker is away, MassTransit would wait for it instead of failing.</summary>
internal sealed class BusEventPublisher(IBusControl bus, IOptions<BusOptions> options, TimeProvider time) : IEventPublisher
{
    public async Task PublishAsync(object message, Guid messageId, CancellationToken cancellationToken)
    {
        if (bus.CheckHealth().Status != BusHealthStatus.Healthy) throw new IOException("The bus is not connected.");

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = bus.Publish(
            message, message.GetType(), Pipe.Execute<PublishContext>(context => context.MessageId = messageId), giveUp.Token);
        try
        {
            await publishing.WaitAsync(options.Value.PublishTimeout, time, cancellationToken);
        }
        finally
        {
            await giveUp.CancelAsync();
        }
    }
}
