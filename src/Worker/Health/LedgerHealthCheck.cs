using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the ledger takes results now, as everything that needs it has found.</summary>
internal sealed class LedgerHealthCheck(LedgerWatch ledger) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ledger.Away is { } away
            ? HealthCheckResult.Unhealthy($"{away.Reason} Since {away.Since:yyyy-MM-dd HH:mm:ss} UTC.")
            : HealthCheckResult.Healthy("Reachable, up to date, and takes results."));
}
