using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Reports.Evaluation;

namespace Qwen35Batch.Worker.Tests.Reports.Evaluation;

public sealed class EvaluationLabelsTests
{
    [Theory]
    [InlineData("""{"rows":[{"a":"x"},{"a":"y"}],"other":[1]}""", true)]
    [InlineData("""{"rows":[{"a":"x"}],"other":[1]}""", false)]
    public void A_list_whose_items_are_named_is_right_when_it_has_as_many(string answer, bool isRight)
    {
        var insight = JsonDocument.Parse(answer).RootElement;
        var item = new EvaluationItem(
            "1", "kind", "a.txt", "describe", JsonDocument.Parse("""{"rows":[{"a":"x"},{"a":"z"}],"other":[]}""").RootElement,
            [new("rows", ["/rows/*/a"], 0)]);

        var labels = EvaluationLabels.Of(item, Record(insight, "/rows/0/a", "/rows", "/other"));

        Assert.Equal([("/rows/0/a", true), ("/rows", isRight)], labels.Select(label => (label.Field.Pointer, label.IsRight)));
        Assert.Equal(FieldKind.List, labels[1].Field.Kind);
    }

    private static InsightRecord Record(JsonElement insight, params string[] pointers) => new()
    {
        Source = "a.txt",
        Job = Guid.NewGuid(),
        Segment = new() { Number = 0, Kind = SegmentKind.TextPart },
        Task = new("describe", "1"),
        Insight = insight,
        Citations = [],
        Model = "m",
        Usage = new(),
        Fields =
        [
            .. pointers.Select(pointer => new InsightField { Pointer = pointer, Signals = new() { LeastProbability = 0.5, Choices = 1 } })
        ],
    };
}
