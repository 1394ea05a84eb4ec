namespace Qwen35Batch.Worker.Stages;

/// <summary>Where events go: to the bus, or nowhere when a command works for itself.</summary>
internal interface IEventPublisher
{
    /// <summary>Sends one event.</summary>
    /// <param name="message">A record of the contracts.</param>
    /// <param name="messageId">The same for every attempt at the same event, so that a receiver can drop repetitions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Exception">The event was not confirmed; it may have arrived all the same.</exception>
    Task PublishAsync(object message, Guid messageId, CancellationToken cancellationToken);
}
