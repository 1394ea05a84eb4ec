using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>Makes labels of answers and expected answers: each scalar that an item's fields name, right or wrong by itself, and each list
/// whose items they name, right when it has as many as expected.</summary>
internal static class EvaluationLabels
{
    /// <param name="item">What was expected.</param>
    /// <param name="record">The answer; null when there is none, which labels nothing.</param>
    public static IReadOnlyList<LabelledField> Of(EvaluationItem item, InsightRecord? record)
    {
        if (record is null) return [];
        var rules = item.Fields
            .SelectMany(field => field.Pointers.Select(pointer => (Names: FieldPointer.Names(pointer), field.Tolerance)))
            .ToList();
        var probabilities = record.Fields.ToDictionary(field => field.Pointer, field => field.Probability, StringComparer.Ordinal);
        var labels = new List<LabelledField>();
        foreach (var field in FieldObservation.Of(record.Insight, record.Fields))
        {
            var names = FieldPointer.Names(field.Pointer);
            var isList = field.Kind == FieldKind.List;
            var tolerance = rules.Where(rule => Covers(rule.Names, names) || (isList && CountsItems(rule.Names, names)))
                .Select(rule => (double?)rule.Tolerance)
                .FirstOrDefault();
            if (tolerance is not { } most) continue;
            labels.Add(new(
                item.Id,
                record.Task,
                record.Model,
                field,
                isList
                    ? Length(record.Insight, field.Pointer) == Length(item.Expected, field.Pointer)
                    : FieldComparison.Same(
                        FieldPointer.Value(record.Insight, field.Pointer), FieldPointer.Value(item.Expected, field.Pointer), most),
                probabilities[field.Pointer]));
        }

        return labels;
    }

    private static int Length(JsonElement root, string pointer) =>
        FieldPointer.Value(root, pointer) is { ValueKind: JsonValueKind.Array } list ? list.GetArrayLength() : -1;

    /// <summary>A rule for every item of a list holds when there are as many as expected.</summary>
    private static bool CountsItems(string[] rule, string[] names) =>
        rule.Length > names.Length && rule[names.Length] == "*" && Covers(rule[..names.Length], names);

    private static bool Covers(string[] rule, string[] names) =>
        rule.Length <= names.Length && rule.Zip(names).All(pair => pair.First == "*" || pair.First == pair.Second);
}
