using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Pipeline;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the programs that open media are installed and new enough.</summary>
internal sealed class ToolsHealthCheck(PipelineReadiness readiness) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = await readiness.FindProblemsAsync(cancellationToken);
        return problems.Count == 0
            ? HealthCheckResult.Healthy("ffmpeg and poppler are installed.")
            : HealthCheckResult.Unhealthy(string.Join(" ", problems));
    }
}
