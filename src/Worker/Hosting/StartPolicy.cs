namespace Qwen35Batch.Worker.Hosting;

/// <summary>What differs between a service and a command when something is away at the start.</summary>
/// <param name="WaitsForLedger">True for a service: it starts without its database. False for a command: it says so and ends.</param>
internal sealed record StartPolicy(bool WaitsForLedger);
