using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>An item with the answer that it got.</summary>
/// <param name="Item">The item.</param>
/// <param name="Record">The insight; null when there is none.</param>
internal sealed record EvaluationResult(EvaluationItem Item, InsightRecord? Record)
{
    /// <summary>Undefined when there is none.</summary>
    public JsonElement Answer => Record?.Insight ?? default;

    /// <summary>The scalars of the answer of which it is known whether they are right.</summary>
    public IReadOnlyList<LabelledField> Labels { get; } = EvaluationLabels.Of(Item, Record);

    /// <summary>The fields whose values are not the expected ones.</summary>
    public IReadOnlyList<EvaluationField> Wrong { get; } =
    [
        .. Item.Fields.Where(field => !FieldComparison.IsRight(field, Record?.Insight ?? default, Item.Expected))
    ];

    public bool IsRight => Wrong.Count == 0;
}
