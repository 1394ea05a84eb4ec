using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>A validated submission.</summary>
/// <param name="Job">The message; its dedupe key is set.</param>
/// <param name="CorpusRunId">The corpus run that it belongs to, if any.</param>
public sealed record JobSubmission(SubmitJob Job, long? CorpusRunId = null);
