namespace Qwen35Batch.Contracts;

/// <summary>
/// A segment's insight has been stored. Published at least once; <see cref="JobId"/> and <see cref="Segment"/> identify it.
/// </summary>
public sealed record SegmentCompleted
{
    /// <summary>The job.</summary>
    public Guid JobId { get; init; }

    /// <summary>The submitter's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The segment's number within the job, from 0.</summary>
    public int Segment { get; init; }

    /// <summary>The lowest calibrated probability of a field of its insight; null while none is calibrated.</summary>
    public double? LowestConfidence { get; init; }

    /// <summary>What it took.</summary>
    public Usage Usage { get; init; } = new();
}
