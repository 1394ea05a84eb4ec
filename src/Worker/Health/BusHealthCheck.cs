using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the bus is connected and its queue is received from.</summary>
internal sealed class BusHealthCheck(IBusControl bus) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = bus.CheckHealth();
        return Task.FromResult(health.Status == BusHealthStatus.Healthy
            ? HealthCheckResult.Healthy("Connected.")
            : HealthCheckResult.Unhealthy($"{health.Description}: jobs from the bus and events to it wait until it is back."));
    }
}
