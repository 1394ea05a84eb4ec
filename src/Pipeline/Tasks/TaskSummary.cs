using System.Text.Json;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A task as it is listed to a person.</summary>
/// <param name="Task">Its name and version.</param>
/// <param name="Description">What it is for, in a sentence.</param>
/// <param name="Kinds">The kinds of media that it reads; empty for an agent, which is asked a question.</param>
/// <param name="Schema">The JSON Schema of a segment's insight.</param>
/// <param name="SynthesisSchema">The JSON Schema of the insight over a job's segments; null when the task makes none.</param>
/// <param name="BuiltIn">False when it comes from the folder of the installation.</param>
public sealed record TaskSummary(
    TaskReference Task,
    string Description,
    IReadOnlyList<MediaKind> Kinds,
    JsonElement Schema,
    JsonElement? SynthesisSchema,
    bool BuiltIn)
{
    /// <summary>Whether its jobs have a question instead of a source.</summary>
    public bool TakesQuestion => Kinds.Count == 0;
}
