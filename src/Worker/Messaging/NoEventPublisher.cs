using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.Worker.Messaging;

/// <summary>
/// For commands that work for themselves. On a bus in memory nobody can listen; for a broker, the events stay in the ledger until a worker
/// that is connected to it sends them.
/// </summary>
internal sealed class NoEventPublisher(IOptions<BusOptions> options) : IEventPublisher
{
    public Task PublishAsync(
        object message, Guid messageId, CancellationToken cancellationToken) => options.Value.Transport == BusTransport.InMemory
        ? Task.CompletedTask
        : Task.FromException(new IOException("This command is not connected to the bus; a worker that is sends the event."));
}
