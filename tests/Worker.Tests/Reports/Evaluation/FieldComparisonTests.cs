using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Reports.Evaluation;

namespace Qwen35Batch.Worker.Tests.Reports.Evaluation;

public sealed class FieldComparisonTests
{
    private const string Expected = """{"a":{"b/c":"x"},"list":[{"n":1.5,"t":"p"},{"n":2,"t":"q"}],"rows":[[1,2],[3]],"none":null}""";

    [Theory]
    [InlineData("/a/b~1c", 0, Expected, true)]
    [InlineData("/a/b~1c", 0, """{"a":{"b/c":"y"}}""", false)]
    [InlineData("/a/b~1c", 0, """{"a":{}}""", false)]
    [InlineData("/a/b~1c", 0, "[]", false)]
    [InlineData("/list/1/t", 0, Expected, true)]
    [InlineData("/list/*/n", 0, """{"list":[{"n":1.50},{"n":2.0}]}""", true)]
    [InlineData("/list/*/n", 0, """{"list":[{"n":2},{"n":1.5}]}""", false)]
    [InlineData("/list/*/n", 0, """{"list":[{"n":1.5}]}""", false)]
    [InlineData("/list/*/n", 0, """{"list":[{"n":1.5},{"n":2},{"n":3}]}""", false)]
    [InlineData("/list/*/n", 0, """{"list":[{"n":1.5},{}]}""", false)]
    [InlineData("/list/*/n", 0.5, """{"list":[{"n":2},{"n":1.5}]}""", true)]
    [InlineData("/list/*/n", 0.5, """{"list":[{"n":2.01},{"n":2}]}""", false)]
    [InlineData("/list/*/n", 0.5, """{"list":[{"n":"1.5"},{"n":2}]}""", false)]
    [InlineData("/rows", 0, """{"rows":[[1,2],[3]]}""", true)]
    [InlineData("/rows", 0.1, """{"rows":[[1.1,2],[3]]}""", true)]
    [InlineData("/rows", 0, """{"rows":[[1,2,3],[]]}""", false)]
    [InlineData("/none", 0, "{}", true)]
    [InlineData("/none", 0, """{"none":0}""", false)]
    public void A_field_is_right_when_its_values_are_the_expected_ones(string path, double tolerance, string answer, bool isRight) =>
        Assert.Equal(isRight, FieldComparison.IsRight(new("f", [path], tolerance), Parse(answer), Parse(Expected)));

    [Fact]
    public void All_pointers_of_a_field_must_agree()
    {
        var field = new EvaluationField("f", ["/list/0/t", "/list/1/t"], 0);

        Assert.True(FieldComparison.IsRight(field, Parse(Expected), Parse(Expected)));
        Assert.False(FieldComparison.IsRight(field, Parse("""{"list":[{"t":"p"},{"t":"p"}]}"""), Parse(Expected)));
        Assert.False(FieldComparison.IsRight(field, default, Parse(Expected)));
    }

    [Fact]
    public async Task The_summary_counts_items_and_fields_and_the_report_shows_the_failures()
    {
        var item = new EvaluationItem(
            "i<1>",
            "k",
            Path.GetFullPath("/media/a b.png"),
            "describe",
            Parse(Expected),
            [new("text", ["/a/b~1c"], 0), new("numbers", ["/list/*/n"], 0)]);
        EvaluationResult[] results =
        [
            new(item, Insight(Expected)),
            new(item with { Id = "i<2>" }, Insight("""{"a":{"b/c":"<y>"},"list":[{"n":1.5},{"n":2}]}""")),
            new(item with { Id = "i<3>" }, null),
        ];
        var summary = new EvaluationSummary(results);
        Assert.Equal("""{"accuracy":0.3333,"fields":{"k/text":0.3333,"k/numbers":0.6667},"items":3}""", summary.ToJson());
        Assert.Equal(1, summary.Unanswered);

        var folder = Directory.CreateTempSubdirectory("qwen35batch-report-").FullName;
        await EvaluationReport.WriteAsync(
            Path.Combine(folder, "sub", "report.html"), summary, results, Reliability.Of([(0.9, true), (0.5, false)]),
            TestContext.Current.CancellationToken);
        var page = await File.ReadAllTextAsync(Path.Combine(folder, "sub", "report.html"), TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);

        Assert.DoesNotContain("i&lt;1&gt;", page, StringComparison.Ordinal);
        Assert.Contains("i&lt;2&gt;", page, StringComparison.Ordinal);
        Assert.Contains("&quot;&lt;y&gt;&quot;", page, StringComparison.Ordinal);
        Assert.Contains("media/a%20b.png\"", page, StringComparison.Ordinal);
        Assert.Contains("There is no answer.", page, StringComparison.Ordinal);
        Assert.Contains("2 fields, 1 wrong", page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Scalars_that_the_fields_name_are_labels_each_right_or_wrong_by_itself()
    {
        var item = new EvaluationItem(
            "i", "k", "/m.png", "t", Parse("""{"rows":[{"n":1,"t":"a"},{"n":2}],"x":"y","not":"named"}"""),
            [new("numbers", ["/rows/*/n"], 0.5), new("rows", ["/rows"], 0), new("x", ["/x"], 0)]);
        const string Answer = """{"rows":[{"n":1.4,"t":"a"},{"n":3},{"n":4}],"x":"y","not":"named","forced":1}""";
        var record = Insight(Answer, "/rows/0/n", "/rows/0/t", "/rows/1/n", "/rows/2/n", "/x", "/not");

        var labels = EvaluationLabels.Of(item, record);

        Assert.Equal(
            [("/rows/0/n", true), ("/rows/0/t", true), ("/rows/1/n", false), ("/rows/2/n", false), ("/x", true)],
            labels.Select(label => (label.Field.Pointer, label.IsRight)));
        Assert.All(labels, label => Assert.Equal(("i", new TaskReference("t", "v1"), "m@1"), (label.Item, label.Task, label.Model)));
        Assert.Empty(EvaluationLabels.Of(item, null));
    }

    private static InsightRecord Insight(string json, params string[] sure) => new()
    {
        Source = "/m.png",
        Job = Guid.Empty,
        Segment = new() { Number = 0, Kind = SegmentKind.Image },
        Task = new("t", "v1"),
        Insight = Parse(json),
        Citations = [],
        Fields =
        [
            .. sure.Select(pointer => new InsightField { Pointer = pointer, Signals = new() { LeastProbability = 0.9, Choices = 1 } })
        ],
        Model = "m@1",
        Usage = new(),
    };

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
