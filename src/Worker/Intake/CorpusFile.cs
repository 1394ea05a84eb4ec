using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Corpora;

namespace Qwen35Batch.Worker.Intake;

/// <summary>A file or a question of a corpus, on its way to become a job.</summary>
/// <param name="Job">What to do with it.</param>
/// <param name="ContentSha256">SHA-256 of its content, lower-case hexadecimal; null for a question.</param>
/// <param name="Stamp">By what it is known to be unchanged; null when the next run shall read it again.</param>
internal sealed record CorpusFile(SubmitJob Job, string? ContentSha256, FileStamp? Stamp);
