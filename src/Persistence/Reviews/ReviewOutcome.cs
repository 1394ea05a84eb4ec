namespace Qwen35Batch.Persistence.Reviews;

/// <summary>What came of a review.</summary>
/// <param name="IsStored">False when somebody else was faster: nothing was changed.</param>
/// <param name="Review">The stored review, or the newest of the others.</param>
public sealed record ReviewOutcome(bool IsStored, StoredReview Review);
