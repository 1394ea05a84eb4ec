using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Agents.Steps;

/// <summary>What stands before a step that is not begun yet.</summary>
/// <param name="Refusal">Why the rules do not allow it, as a sentence; null when they do.</param>
/// <param name="NeedsApproval">Whether a person must agree.</param>
/// <param name="InDoubt">What is done with an effect that may have happened.</param>
internal sealed record StepGate(string? Refusal = null, bool NeedsApproval = false, DoubtRule InDoubt = DoubtRule.Skip)
{
    public static readonly StepGate Open = new();
}
