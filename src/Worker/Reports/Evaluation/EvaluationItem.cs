using System.Text.Json;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>A medium with the answer that is expected of it.</summary>
/// <param name="Id">Its name, once in a folder.</param>
/// <param name="Kind">Items of a kind are counted together.</param>
/// <param name="Media">The file, absolute.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Expected">The whole answer; only the fields are compared.</param>
/// <param name="Fields">At least one.</param>
internal sealed record EvaluationItem(
    string Id, string Kind, string Media, string Task, JsonElement Expected, IReadOnlyList<EvaluationField> Fields);
