namespace Qwen35Batch.Worker.Messaging;

/// <summary>For commands that work for themselves: nobody listens.</summary>
internal sealed class NoEventPublisher : IEventPublisher
{
    public Task PublishAsync(object message, Guid messageId, CancellationToken cancellationToken) => Task.CompletedTask;
}
