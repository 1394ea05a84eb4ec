using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>What came of a submission.</summary>
/// <param name="Result">See the values.</param>
/// <param name="JobId">The job that does the work: the submitted one, or the one that was there before.</param>
/// <param name="State">Where that job stands.</param>
public sealed record SubmitOutcome(SubmitResult Result, Guid JobId, JobState State = JobState.Accepted);

/// <summary>What came of a submission.</summary>
public enum SubmitResult
{
    /// <summary>A new job.</summary>
    Accepted,

    /// <summary>The same job was there before; nothing changed.</summary>
    Duplicate,

    /// <summary>A job with the same key or id but another payload was there before; nothing changed.</summary>
    Conflict,
}
