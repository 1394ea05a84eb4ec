namespace Qwen35Batch.Worker.Messaging;

/// <summary>What carries messages.</summary>
public enum BusTransport
{
    /// <summary>A bus inside this process, with nothing to install; messages do not outlive it.</summary>
    InMemory,

    /// <summary>RabbitMQ 3.10 or later.</summary>
    RabbitMq,
}
