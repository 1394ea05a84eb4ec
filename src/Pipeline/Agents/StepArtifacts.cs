using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Steps;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>The files that a job's steps made.</summary>
public static class StepArtifacts
{
    /// <summary>The files, by name; of two with one name, the later.</summary>
    public static IReadOnlyList<StoredArtifact> Of(IReadOnlyList<StepRecord> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return
        [
            .. steps.Where(step => step is { Kind: StepKind.Call, State: StepState.Done })
                .SelectMany(step => StepJson.Done<CallResult>(step)!.Artifacts)
                .GroupBy(artifact => artifact.Name, StringComparer.Ordinal)
                .Select(group => group.Last())
                .OrderBy(artifact => artifact.Name, StringComparer.Ordinal)
        ];
    }
}
