namespace Qwen35Batch.Contracts.Steps;

/// <summary>The ledger cannot be reached: nothing was stored, and the same is tried later.</summary>
/// <param name="detail">Why, as a sentence.</param>
/// <param name="cause">What was thrown.</param>
public sealed class StepsAwayException(string detail, Exception cause) : Exception(detail, cause);
