using System.Text.Json;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>How much was right.</summary>
internal sealed class EvaluationSummary
{
    /// <param name="results">At least one.</param>
    public EvaluationSummary(IReadOnlyList<EvaluationResult> results)
    {
        Items = results.Count;
        Accuracy = (double)results.Count(result => result.IsRight) / results.Count;
        Unanswered = results.Count(result => result.Answer.ValueKind == JsonValueKind.Undefined);
        Kinds =
        [
            .. results.GroupBy(result => result.Item.Kind)
                .Select(kind => new Share(kind.Key, "all of an item's fields", kind.Count(result => result.IsRight), kind.Count()))
        ];
        Fields = [.. results
            .SelectMany(
                result => result.Item.Fields.Select(field => (result.Item.Kind, field.Name, IsRight: !result.Wrong.Contains(field))))
            .GroupBy(field => (field.Kind, field.Name))
            .Select(field => new Share(field.Key.Kind, field.Key.Name, field.Count(one => one.IsRight), field.Count()))];
    }

    public int Items { get; }

    /// <summary>The share of the items all of whose fields are right.</summary>
    public double Accuracy { get; }

    /// <summary>Items without an answer: their jobs were rejected, or failed.</summary>
    public int Unanswered { get; }

    /// <summary>For each kind its items.</summary>
    public IReadOnlyList<Share> Kinds { get; }

    /// <summary>For each kind its fields.</summary>
    public IReadOnlyList<Share> Fields { get; }

    /// <summary>One line; fields are named <c>kind/field</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        accuracy = Math.Round(Accuracy, 4),
        fields = Fields.ToDictionary(field => $"{field.Kind}/{field.Name}", field => Math.Round(field.Accuracy, 4)),
        items = Items,
    });

    /// <param name="Kind">The items' kind.</param>
    /// <param name="Name">What is counted.</param>
    /// <param name="Right">So many were right,</param>
    /// <param name="Count">of so many.</param>
    internal sealed record Share(string Kind, string Name, int Right, int Count)
    {
        public double Accuracy => (double)Right / Count;
    }
}
