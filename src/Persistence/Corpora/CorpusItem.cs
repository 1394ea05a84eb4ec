using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Corpora;

/// <summary>One media item of a corpus as a run found it.</summary>
/// <param name="Job">What to do with it. Without a dedupe key, one is made of everything here.</param>
/// <param name="ContentSha256">SHA-256 of its content, lower-case hexadecimal.</param>
/// <param name="TaskVersion">The version of the task that would read it.</param>
/// <param name="Model">The model and its revision.</param>
/// <param name="File">By what the file is known to be unchanged; null when the next run shall read it again.</param>
public sealed record CorpusItem(SubmitJob Job, string ContentSha256, string TaskVersion, string Model, FileStamp? File = null);
