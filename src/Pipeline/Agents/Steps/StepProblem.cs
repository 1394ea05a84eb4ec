namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>The result of a step that gave none.</summary>
/// <param name="Problem">Why, as a sentence.</param>
internal sealed record StepProblem(string Problem);
