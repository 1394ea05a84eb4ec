using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Worker.Messaging;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether messages can be received and sent: the bus is connected, and the broker answers a question now.</summary>
internal sealed class BusHealthCheck(IBusControl bus, BrokerProbe broker, SubmitGate gate) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (await broker.WhyNotReadyAsync(cancellationToken) is { } reason) return HealthCheckResult.Unhealthy(reason);
        if (gate.IsClosed) return HealthCheckResult.Unhealthy("Messages are left in their queue until the ledger can be used.");

        var health = bus.CheckHealth();
        return health.Status == BusHealthStatus.Healthy
            ? HealthCheckResult.Healthy("Connected.")
            : HealthCheckResult.Unhealthy(health.Description, health.Exception);
    }
}
