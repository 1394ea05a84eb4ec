namespace Qwen35Batch.Worker.Availability;

/// <summary>What differs between a service and a command when something is away at the start.</summary>
/// <param name="WaitsForLedger">True for a service: it starts without its database. False for a command: it says so and ends.</param>
/// <param name="OwnsDataFolder">True when no other process works on the data folder, and so on a SQLite ledger.</param>
internal sealed record StartPolicy(bool WaitsForLedger, bool OwnsDataFolder);
