using Qwen35Batch.Contracts.Steps;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>What a job has spent, from its steps alone, so that it is the same after a crash. Waiting for a person costs nothing.</summary>
/// <param name="Steps">Steps that are stored, whatever came of them.</param>
/// <param name="Tokens">Tokens of prompts and answers.</param>
/// <param name="Time">The time of the steps.</param>
/// <param name="Bytes">Bytes that came from outside.</param>
internal sealed record Spending(int Steps, long Tokens, TimeSpan Time, long Bytes)
{
    public static Spending Of(IReadOnlyCollection<StepRecord> steps) => new(
        steps.Count,
        steps.Sum(step => (long)step.Usage.InputTokens + step.Usage.OutputTokens),
        steps.Where(step => step.Starts > 0 && step.EndedAt is not null)
            .Aggregate(TimeSpan.Zero, (sum, step) => sum + (step.EndedAt!.Value - step.StartedAt!.Value)),
        steps.Sum(step => step.Bytes));
}
