namespace Qwen35Batch.Contracts.Stages;

/// <summary>A segment to be analysed.</summary>
public sealed record SegmentJob
{
    /// <summary>The job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The job's source as submitted; for messages only, the media is read from the store.</summary>
    public required string Source { get; init; }

    /// <summary>The media item.</summary>
    public required MediaDescription Media { get; init; }

    /// <summary>The task that the plan chose.</summary>
    public required TaskReference Task { get; init; }

    /// <summary>What the submitter changed of the task.</summary>
    public required JobOptions Options { get; init; }

    /// <summary>The segment.</summary>
    public required SegmentReference Segment { get; init; }

    /// <summary>What an agent is asked; null for a job of media.</summary>
    public string? Question { get; init; }

    /// <summary>True when the media was copied into the data folder of a worker that has ended, and not into this worker's own.</summary>
    public bool MediaIsElsewhere { get; init; }

    /// <summary>For a <see cref="SegmentKind.Synthesis"/>: the stored insights of the job's other segments, in order. Else empty.</summary>
    public IReadOnlyList<SegmentInsight> Insights { get; init; } = [];

    /// <summary>For a <see cref="SegmentKind.Synthesis"/>: the segments that have no insight.</summary>
    public IReadOnlyList<SegmentReference> Gaps { get; init; } = [];
}
