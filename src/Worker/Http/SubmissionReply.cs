using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Worker.Http;

/// <summary>The answer to a submission.</summary>
/// <param name="JobId">The job that does the work: the submitted one, or the same one that was there before.</param>
/// <param name="Result">What came of the submission.</param>
/// <param name="State">Where that job stands.</param>
internal sealed record SubmissionReply(Guid JobId, SubmitResult Result, JobState State);
