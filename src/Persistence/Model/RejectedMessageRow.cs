namespace Qwen35Batch.Persistence.Model;

internal sealed class RejectedMessageRow
{
    public long Id { get; set; }

    /// <summary>The message's id, or a hash of its body: a redelivery is stored once.</summary>
    public required string MessageKey { get; set; }

    public string? MessageId { get; set; }

    public required string Reason { get; set; }

    public required byte[] Body { get; set; }

    /// <summary>The body's length as received; more than is stored when it was cut.</summary>
    public long BodyLength { get; set; }

    public required string Headers { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }
}
