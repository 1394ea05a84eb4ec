using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>A row of the table of failures.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">Its source.</param>
/// <param name="Segment">The segment; null for a job that could not be planned.</param>
/// <param name="Reason">Why, by its name.</param>
/// <param name="Detail">Why, in words.</param>
internal sealed record DashboardFailure(Guid JobId, string Source, SegmentReference? Segment, string Reason, string? Detail);
