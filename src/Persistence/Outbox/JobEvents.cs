using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Outbox;

/// <summary>What is told of a job's end.</summary>
internal static class JobEvents
{
    /// <summary>To the submitter of the job.</summary>
    public static object Ended(JobRow job) => Ended(job, job.JobId, job.CorrelationId);

    /// <summary>To whoever submitted the same job under another id.</summary>
    public static object Ended(JobRow job, Guid submittedId, string? correlationId)
    {
        Guid? duplicateOf = submittedId == job.JobId ? null : job.JobId;
        return job.State is JobState.Completed or JobState.CompletedWithGaps
            ? new JobCompleted
            {
                JobId = submittedId,
                DuplicateOf = duplicateOf,
                CorrelationId = correlationId,
                State = job.State,
                Planned = job.Planned,
                Done = job.Done,
                LowestConfidence = job.LowestConfidence,
                Usage = job.Usage,
            }
            : new JobRejected
            {
                JobId = submittedId,
                DuplicateOf = duplicateOf,
                CorrelationId = correlationId,
                State = job.State,
                Reason = job.Reason,
                Detail = job.Detail,
            };
    }
}
