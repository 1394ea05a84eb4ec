namespace Qwen35Batch.Persistence.Model.Agents;

/// <summary>When a service may be asked next, and who is asking it now.</summary>
internal sealed class PaceRow
{
    public required string Service { get; set; }

    /// <summary>No request begins before.</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>Whose request is under way; null when none is.</summary>
    public Guid? Holder { get; set; }

    /// <summary>Until then the request counts as under way, even if its worker is not heard of.</summary>
    public DateTimeOffset? HeldUntil { get; set; }
}
