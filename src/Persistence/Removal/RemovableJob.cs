namespace Qwen35Batch.Persistence.Removal;

/// <summary>An ended job that may be removed.</summary>
/// <param name="Row">Its row.</param>
/// <param name="JobId">Its id.</param>
/// <param name="MediaSha256">Its media; null when it has none.</param>
/// <param name="Segments">Its segments.</param>
/// <param name="IsArchive">Whether jobs came out of it; those are removed before.</param>
public sealed record RemovableJob(long Row, Guid JobId, string? MediaSha256, int Segments, bool IsArchive);

/// <summary>A part of what may be removed.</summary>
/// <param name="Jobs">The jobs; there may be none in a part.</param>
/// <param name="Next">What to ask for next; null at the end.</param>
public sealed record RemovablePart(IReadOnlyList<RemovableJob> Jobs, long? Next);

/// <summary>What was removed.</summary>
/// <param name="Jobs">Jobs.</param>
/// <param name="Insights">Their insights.</param>
public sealed record RemovedJobs(int Jobs, int Insights);
