namespace Qwen35Batch.TestServers;

/// <summary>Where a test talks to RabbitMQ.</summary>
public sealed record RabbitMqVirtualHost
{
    /// <summary>The server's name or address.</summary>
    public required string Host { get; init; }

    /// <summary>The server's port.</summary>
    public required int Port { get; init; }

    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>The user's password.</summary>
    public required string Password { get; init; }

    /// <summary>The virtual host.</summary>
    public required string VirtualHost { get; init; }

    /// <summary>A prefix for queues that no other test uses.</summary>
    public required string QueuePrefix { get; init; }

    /// <summary>All but the queue prefix as one address.</summary>
    public Uri Address =>
        new($"amqp://{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password)}@{Host}:{Port}/{Uri.EscapeDataString(VirtualHost)}");
}
