namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>A worker that is not known to have ended.</summary>
/// <param name="Presence">What it said of itself.</param>
/// <param name="IsSilent">Whether it has not been heard of for its lease's duration.</param>
public sealed record KnownWorker(WorkerPresence Presence, bool IsSilent);
