namespace Qwen35Batch.Contracts;

/// <summary>A job has ended with insights. Published at least once; <see cref="JobId"/> and <see cref="State"/> identify it.</summary>
public sealed record JobCompleted
{
    /// <summary>The job.</summary>
    public Guid JobId { get; init; }

    /// <summary>
    /// The earlier job whose insights these are, when the submitted one was the same as it and was not stored itself; null for a job of its
    /// own.
    /// </summary>
    public Guid? DuplicateOf { get; init; }

    /// <summary>The submitter's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary><see cref="JobState.Completed"/> or <see cref="JobState.CompletedWithGaps"/>.</summary>
    public JobState State { get; init; }

    /// <summary>Segments that were planned.</summary>
    public int Planned { get; init; }

    /// <summary>Segments with a stored insight.</summary>
    public int Done { get; init; }

    /// <summary>The lowest calibrated probability of a field of its insights; null while none is calibrated.</summary>
    public double? LowestConfidence { get; init; }

    /// <summary>The sum over the job's segments.</summary>
    public Usage Usage { get; init; } = new();
}
