using System.Text.Json;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>An item with the answer that it got.</summary>
/// <param name="Item">The item.</param>
/// <param name="Answer">Undefined when there is none.</param>
internal sealed record EvaluationResult(EvaluationItem Item, JsonElement Answer)
{
    /// <summary>The fields whose values are not the expected ones.</summary>
    public IReadOnlyList<EvaluationField> Wrong { get; } =
    [
        .. Item.Fields.Where(field => !FieldComparison.IsRight(field, Answer, Item.Expected))
    ];

    public bool IsRight => Wrong.Count == 0;
}
