using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Worker.Http;

/// <summary>The answer to a submission.</summary>
/// <param name="JobId">The job that carries the dedupe key.</param>
/// <param name="Result">What came of the submission.</param>
internal sealed record SubmissionReply(Guid JobId, SubmitResult Result);
