using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>A job as it stands in the ledger.</summary>
public sealed record JobSummary
{
    /// <summary>The job's id.</summary>
    public required Guid JobId { get; init; }

    /// <summary>Its dedupe key.</summary>
    public required string DedupeKey { get; init; }

    /// <summary>Its source as submitted.</summary>
    public required string Source { get; init; }

    /// <summary>Its task as submitted.</summary>
    public required string RequestedTask { get; init; }

    /// <summary>The task that the plan chose; null until then.</summary>
    public TaskReference? Task { get; init; }

    /// <summary>What the source turned out to be; null until it was opened.</summary>
    public MediaKind? MediaKind { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>Why it has no insight.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Why it has no insight, or why its last attempt was put off, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>Its priority.</summary>
    public required int Priority { get; init; }

    /// <summary>The submitter's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The corpus run that it belongs to.</summary>
    public long? CorpusRunId { get; init; }

    /// <summary>Its segments by state.</summary>
    public required SegmentCounts Segments { get; init; }

    /// <summary>The lowest probability of a field of its insights; null while none is calibrated.</summary>
    public double? LowestConfidence { get; init; }

    /// <summary>What it took so far.</summary>
    public required Usage Usage { get; init; }

    /// <summary>When it was submitted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was planned.</summary>
    public DateTimeOffset? PlannedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
