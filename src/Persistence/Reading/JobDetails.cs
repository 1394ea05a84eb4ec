namespace Qwen35Batch.Persistence.Reading;

/// <summary>A job with its segments.</summary>
/// <param name="Job">The job.</param>
/// <param name="Segments">Its segments in order; empty until it was planned.</param>
public sealed record JobDetails(JobSummary Job, IReadOnlyList<SegmentSummary> Segments);
