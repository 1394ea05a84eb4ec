using Qwen35Batch.Contracts.Steps;

namespace Qwen35Batch.Persistence.Steps;

/// <summary>A step that waits for a person.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">The job's source: what it was asked.</param>
/// <param name="Step">The step.</param>
public sealed record AwaitingStep(Guid JobId, string Source, StepRecord Step);
