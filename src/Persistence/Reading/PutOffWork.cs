namespace Qwen35Batch.Persistence.Reading;

/// <summary>Open work that waits for another attempt.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">Its source.</param>
/// <param name="Why">What was missing, in words.</param>
public sealed record PutOffWork(Guid JobId, string Source, string Why);
