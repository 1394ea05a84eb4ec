namespace Qwen35Batch.Contracts.Stages;

/// <summary>A job to be opened and cut into segments.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">A path or URL, as submitted.</param>
/// <param name="Task">A task's name, or <c>auto</c>.</param>
/// <param name="Options">What the submitter changed of the task.</param>
public sealed record MediaJob(Guid JobId, string Source, string Task, JobOptions Options)
{
    /// <summary>What an agent is asked; null for a job of media.</summary>
    public string? Question { get; init; }

    /// <summary>
    /// For a file of an archive that was opened: the SHA-256 of its content, which is in the media store already. Else null.
    /// </summary>
    public string? ArchivedSha256 { get; init; }
}
