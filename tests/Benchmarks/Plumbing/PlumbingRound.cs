namespace Qwen35Batch.Benchmarks.Plumbing;

/// <summary>What a round of jobs took.</summary>
/// <param name="Intake">Jobs taken in a second, by the ledger's clock.</param>
/// <param name="Finished">Jobs a second, from the first message that was sent to the last event that came.</param>
/// <param name="Processor">The workers' processor time a job.</param>
/// <param name="Servers">What the database, the broker and this program used beside them, for all of its jobs.</param>
/// <param name="Transactions">Transactions of the ledger a job.</param>
/// <param name="LockWaits">Samples in which somebody waited for a lock.</param>
/// <param name="ClaimWaits">Samples in which a claim did.</param>
internal sealed record PlumbingRound(
    double Intake, double Finished, TimeSpan Processor, ServerTime Servers, double Transactions, long LockWaits, long ClaimWaits);
