namespace Qwen35Batch.Contracts;

/// <summary>A job has ended without an insight. Published at least once; <see cref="JobId"/> identifies it.</summary>
public sealed record JobRejected
{
    /// <summary>The job.</summary>
    public Guid JobId { get; init; }

    /// <summary>
    /// The earlier job that ended so, when the submitted one was the same as it and was not stored itself; null for a job of its own.
    /// </summary>
    public Guid? DuplicateOf { get; init; }

    /// <summary>The submitter's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary><see cref="JobState.Rejected"/>, <see cref="JobState.Quarantined"/> or <see cref="JobState.Cancelled"/>.</summary>
    public JobState State { get; init; }

    /// <summary>Why; null when the job was cancelled or quarantined.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Detail { get; init; }
}
