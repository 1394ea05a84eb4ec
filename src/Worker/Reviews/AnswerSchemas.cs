using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Persistence.Tasks;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Worker.Reviews;

/// <summary>What an insight was asked to be valid against.</summary>
internal sealed class AnswerSchemas(Ledger ledger, TaskCatalog catalog)
{
    /// <summary>Null when nothing says it any more.</summary>
    public async Task<AnswerSchema?> OfAsync(StoredInsight insight, CancellationToken cancellationToken)
    {
        var (task, isSynthesis) = (insight.Record.Task, insight.Record.Segment.Kind == SegmentKind.Synthesis);
        if (await ledger.TaskVersions.FindAsync(task, cancellationToken) is { } kept) return new(Of(kept, isSynthesis), null);
        if (catalog.List().FirstOrDefault(known => known.Task.Name == task.Name) is not { } present) return null;
        return new(
            Of(new(present.Schema, present.SynthesisSchema), isSynthesis),
            present.Task == task
                ? null
                : $"It was answered by version {task.Version} of the task '{task.Name}', whose schema is not kept: what is said of it is "
                    + $"judged by the present version, {present.Task.Version}.");
    }

    private static JsonElement Of(StoredTaskVersion version, bool isSynthesis) =>
        isSynthesis ? version.SynthesisSchema ?? version.Schema : version.Schema;
}

/// <summary>What an insight is to be valid against.</summary>
/// <param name="Schema">The JSON Schema.</param>
/// <param name="Note">Why it is not the one that the insight was asked for, in a sentence; null when it is.</param>
internal sealed record AnswerSchema(JsonElement Schema, string? Note);
