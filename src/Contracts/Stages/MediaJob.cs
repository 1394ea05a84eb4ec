namespace Qwen35Batch.Contracts.Stages;

/// <summary>A job to be opened and cut into segments.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">A path or URL, as submitted.</param>
/// <param name="Task">A task's name, or <c>auto</c>.</param>
/// <param name="Options">What the submitter changed of the task.</param>
public sealed record MediaJob(Guid JobId, string Source, string Task, JobOptions Options);
