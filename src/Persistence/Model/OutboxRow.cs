namespace Qwen35Batch.Persistence.Model;

/// <summary>An event, stored with what it tells of.</summary>
internal sealed class OutboxRow
{
    public long Id { get; set; }

    public Guid MessageId { get; set; }

    /// <summary>The contract's type name.</summary>
    public required string Topic { get; set; }

    public required string Body { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>A relay is about to publish it until then.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    public DateTimeOffset? SentAt { get; set; }
}
