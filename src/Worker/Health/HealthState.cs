using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Qwen35Batch.Worker.Health;

/// <summary>What the health addresses answer.</summary>
/// <param name="Status">The worst of all parts.</param>
/// <param name="Checks">Each part's state.</param>
internal sealed record HealthState(HealthStatus Status, IReadOnlyDictionary<string, PartState> Checks)
{
    /// <summary>The state of a process that answers at all.</summary>
    public static HealthState Live { get; } = new(HealthStatus.Healthy, new Dictionary<string, PartState>());
}
