using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>How often one reason occurred.</summary>
/// <param name="Reason">The reason; null for quarantined.</param>
/// <param name="Count">Segments, and jobs that ended before they had any.</param>
public sealed record FailureCount(RejectionReason? Reason, long Count);
