using Microsoft.Extensions.AI;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Qwen35Batch.Worker.Health;

/// <summary>Whether the engine is there.</summary>
internal sealed class EngineHealthCheck(IChatClient model) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy($"{model.GetService<ChatClientMetadata>()?.DefaultModelId ?? "A model"} is loaded."));
}
