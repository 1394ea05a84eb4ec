using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>A segment without an insight, or a job that ended before it had segments.</summary>
public sealed record LedgerFailure
{
    /// <summary>The job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The job's source as submitted.</summary>
    public required string Source { get; init; }

    /// <summary>The job's task.</summary>
    public required string Task { get; init; }

    /// <summary>The segment; null when the job could not be planned.</summary>
    public SegmentReference? Segment { get; init; }

    /// <summary>Why; null when quarantined.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>What the model said, when that is the reason.</summary>
    public string? RawAnswer { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset FailedAt { get; init; }
}
