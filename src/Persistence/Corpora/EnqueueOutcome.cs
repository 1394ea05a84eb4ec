namespace Qwen35Batch.Persistence.Corpora;

/// <summary>What came of a chunk of a run's items.</summary>
/// <param name="Enqueued">New or changed: now jobs.</param>
/// <param name="Skipped">Unchanged since an earlier run.</param>
/// <param name="Repeated">Handled by this run already, before an interruption.</param>
public sealed record EnqueueOutcome(int Enqueued, int Skipped, int Repeated);
