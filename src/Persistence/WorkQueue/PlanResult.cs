using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>What came of planning a job.</summary>
/// <param name="Claim">The job.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Kept">For how long its only segment stays with the worker that planned it; null to leave it to whoever claims it.</param>
internal sealed record PlanResult(JobClaim Claim, StageOutcome Outcome, TimeSpan? Kept);

/// <summary>What was stored of it.</summary>
/// <param name="Stored">False when the lease was lost: nothing was stored.</param>
/// <param name="Next">Its only segment, claimed.</param>
internal sealed record StoredPlan(bool Stored, SegmentClaim? Next);
