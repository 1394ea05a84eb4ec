using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Schemas.Reading;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>Makes labels of answers and expected answers: each scalar that an item's fields name, right or wrong by itself.</summary>
internal static class EvaluationLabels
{
    /// <param name="item">What was expected.</param>
    /// <param name="record">The answer; null when there is none, which labels nothing.</param>
    public static IReadOnlyList<LabelledField> Of(EvaluationItem item, InsightRecord? record)
    {
        if (record is null) return [];
        var rules = item.Fields.SelectMany(field => field.Pointers.Select(pointer => (Names: Names(pointer), field.Tolerance))).ToList();
        var probabilities = record.Fields.ToDictionary(field => field.Pointer, field => field.Probability, StringComparer.Ordinal);
        var labels = new List<LabelledField>();
        foreach (var field in FieldObservation.Of(record.Insight, record.Fields))
        {
            var names = Names(field.Pointer);
            var tolerance = rules.Where(rule => Covers(rule.Names, names)).Select(rule => (double?)rule.Tolerance).FirstOrDefault();
            if (tolerance is not { } most) continue;
            labels.Add(new(
                item.Id,
                record.Task,
                record.Model,
                field,
                FieldComparison.Same(
                    FieldObservation.Value(record.Insight, field.Pointer), FieldObservation.Value(item.Expected, field.Pointer), most),
                probabilities[field.Pointer]));
        }

        return labels;
    }

    private static List<string> Names(string pointer) => [.. JsonPointer.Names(pointer)];

    private static bool Covers(List<string> rule, List<string> names) =>
        rule.Count <= names.Count && rule.Zip(names).All(pair => pair.First == "*" || pair.First == pair.Second);
}
