namespace Qwen35Batch.Worker.Dashboard;

/// <summary>A row of the table of failures.</summary>
internal sealed record DashboardFailure(Guid JobId, string Source, string Segment, string Reason, string? Detail);
