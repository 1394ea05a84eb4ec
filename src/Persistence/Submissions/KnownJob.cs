using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>A stored job, as far as it decides whether a submission is the same.</summary>
/// <param name="Id">Grows with every job; the newest of several of one identity answers for it.</param>
/// <param name="JobId">The job.</param>
/// <param name="DedupeKey">Its key.</param>
/// <param name="Identity">The key of its identity; null for a job of a version of this program that knew none.</param>
/// <param name="PayloadSha256">A hash of what was asked.</param>
/// <param name="State">Where it stands.</param>
internal sealed record KnownJob(long Id, Guid JobId, string DedupeKey, string? Identity, string PayloadSha256, JobState State);
