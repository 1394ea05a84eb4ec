using Microsoft.Extensions.Diagnostics.HealthChecks;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the ledger can be reached and has this program's tables.</summary>
internal sealed class LedgerHealthCheck(LedgerMigrator migrator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await migrator.WhyNotReadyAsync(cancellationToken) is { } reason
            ? HealthCheckResult.Unhealthy(reason)
            : HealthCheckResult.Healthy("Reachable and up to date.");
}
