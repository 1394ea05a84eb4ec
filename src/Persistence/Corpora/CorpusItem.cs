using Qwen35Batch.Persistence.Submissions;

namespace Qwen35Batch.Persistence.Corpora;

/// <summary>One media item of a corpus as a run found it.</summary>
/// <param name="Submission">What to do with it. Its identity has the content.</param>
/// <param name="File">By what the file is known to be unchanged; null when the next run shall read it again.</param>
public sealed record CorpusItem(JobSubmission Submission, FileStamp? File = null);
