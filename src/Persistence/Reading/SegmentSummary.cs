using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>A segment as it stands in the ledger.</summary>
public sealed record SegmentSummary
{
    /// <summary>The segment.</summary>
    public required SegmentReference Segment { get; init; }

    /// <summary>Where it stands.</summary>
    public required SegmentState State { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often a worker died while it held this.</summary>
    public required int Crashes { get; init; }

    /// <summary>Why it has no insight.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Why it has no insight, or why its last attempt was put off, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
