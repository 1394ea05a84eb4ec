namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>What a worker says of itself with every heartbeat.</summary>
/// <param name="Id">The process.</param>
/// <param name="MediaStore">The data folder whose media store it reads; null when it has none of its own.</param>
/// <param name="Machine">The machine's name.</param>
public sealed record WorkerPresence(Guid Id, Guid? MediaStore, string Machine);
