namespace Qwen35Batch.Persistence.Submissions;

/// <summary>A message that could not be accepted.</summary>
public sealed record RejectedMessage
{
    /// <summary>The broker's message id; null when it had none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>Its body as received, at most the first mebibyte.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Its headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>When it was first recorded; set by the ledger.</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}
