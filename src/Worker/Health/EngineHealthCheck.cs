using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the engine can answer.</summary>
internal sealed class EngineHealthCheck(IEngine engine) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await engine.WhyNotReadyAsync(cancellationToken) is { } reason
            ? HealthCheckResult.Unhealthy(reason)
            : HealthCheckResult.Healthy("Ready to answer.");
}
