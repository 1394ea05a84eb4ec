using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>A validated submission.</summary>
/// <param name="Job">The message.</param>
/// <param name="Identity">What makes it the same job as another.</param>
/// <param name="CorpusRunId">The corpus run that it belongs to, if any.</param>
/// <param name="Follows">
/// Whether the submitter hears of the job by events alone: when the same job is there already, its end is told under the submitted id too.
/// </param>
public sealed record JobSubmission(SubmitJob Job, JobIdentity Identity, long? CorpusRunId = null, bool Follows = false)
{
    /// <summary>
    /// The row of the job of the archive whose file this is, its content in the media store; null for a source of its own.
    /// </summary>
    internal long? ArchiveId { get; init; }
}
