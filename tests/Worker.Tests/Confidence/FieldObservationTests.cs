using System.Text.Json;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Tests.Confidence;

public sealed class FieldObservationTests
{
    private static readonly JsonElement Insight = JsonDocument.Parse(
        """{"title":"Invoice","rows":[{"n":1,"on":"2026-03-01"},{"n":2,"on":"soon"}],"paid":true,"note":null}""").RootElement;

    [Fact]
    public void Doubts_about_what_was_written_before_and_elsewhere_count()
    {
        var observed = Observe(
            Field("/title", 0.6), Field("/rows/0/n", 0.9), Field("/rows/0/on", null), Field("/rows/1/n", 0.7), Field("/rows/1/on", 0.999));

        Assert.Equal(["/title", "/rows/0/n", "/rows/1/n", "/rows/1/on"], observed.Select(field => field.Pointer));
        Assert.Equal(Logit(0.6), Feature(observed[0], "least"), 1e-9);
        Assert.Equal(Logit(0.7), Feature(observed[0], "least elsewhere"), 1e-9);
        Assert.Equal(Logit(0.9), Feature(observed[2], "least before in the list"), 1e-9);
        Assert.Equal(Logit(0.7), Feature(observed[3], "least before in the list"), 1e-9);
        Assert.Equal(Logit(0.6), Feature(observed[3], "least elsewhere"), 1e-9);
        Assert.All(observed, field => Assert.Equal(FieldObservation.Names.Count, field.Features.Count));
    }

    [Fact]
    public void What_was_looked_for_and_not_found_is_told_from_what_was_not_looked_for()
    {
        var observed = Observe(
            Field("/title", 0.6) with { Grounded = true }, Field("/rows/0/n", 0.9) with { Grounded = false }, Field("/paid", 0.9));

        Assert.Equal([(1, 0), (0, 1), (0, 0)], observed.Select(field => ((int)Feature(field, "found"), (int)Feature(field, "not found"))));
        Assert.All(observed, field => Assert.Equal(1, Feature(field, "text layer")));
        Assert.Equal(0, Feature(Assert.Single(Observe(Field("/title", 0.6))), "text layer"));
    }

    [Fact]
    public void A_value_has_its_kind() => Assert.Equal(
        [FieldKind.Text, FieldKind.Number, FieldKind.Date, FieldKind.Text, FieldKind.Boolean, FieldKind.Null],
        Observe(
            Field("/title", 0.5), Field("/rows/0/n", 0.5), Field("/rows/0/on", 0.5), Field("/rows/1/on", 0.5), Field("/paid", 0.5),
            Field("/note", 0.5)).Select(field => field.Kind));

    private static IReadOnlyList<FieldObservation> Observe(params InsightField[] fields) => FieldObservation.Of(Insight, fields);

    private static InsightField Field(string pointer, double? least) => new()
    {
        Pointer = pointer,
        Signals = least is null ? new() : new() { LeastProbability = least, SmallestMargin = 2, Choices = 1 },
    };

    private static double Feature(FieldObservation field, string name) => field.Features[FieldObservation.Names.ToList().IndexOf(name)];

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
