using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Qwen35Batch.Worker.Health;

/// <summary>The state of one thing that jobs need.</summary>
/// <param name="Status">Whether it is there.</param>
/// <param name="Description">A sentence.</param>
/// <param name="AgeSeconds">How long ago it was looked at; null when it never was.</param>
internal sealed record PartState(HealthStatus Status, string? Description, double? AgeSeconds);
