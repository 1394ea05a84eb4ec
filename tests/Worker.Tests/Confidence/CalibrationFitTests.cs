using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Tests.Confidence;

public sealed class CalibrationFitTests
{
    [Fact]
    public void Probabilities_are_the_shares_of_right_ones_on_fields_that_were_not_fitted_to()
    {
        // Right as often as the first feature says, and the model says so much too surely.
        var random = new Random(3);
        var labels = Enumerable.Range(0, 6000).Select(index =>
        {
            var odds = (random.NextDouble() * 8) - 2;
            return Label($"item {index / 4}", FieldKind.Text, odds * 3, random.NextDouble() < 1 / (1 + Math.Exp(-odds)));
        }).ToList();

        var fit = CalibrationFit.Of(labels)!;

        var held = Reliability.Of([.. fit.HeldOut.Select(one => (one.Probability, one.Label.IsRight))]);
        Assert.Equal(labels.Count, held.Count);
        Assert.InRange(held.CalibrationError, 0, 0.03);
        Assert.InRange(held.Auc!.Value, 0.8, 0.95);
        Assert.InRange(fit.Curve.Probability(Field(FieldKind.Text, 0))!.Value, 0.4, 0.6);
        var rising = Enumerable.Range(-8, 30).Select(first => fit.Curve.Probability(Field(FieldKind.Text, first))!.Value).ToList();
        Assert.Equal(rising.Order(), rising);
        Assert.All(rising, probability => Assert.InRange(probability, 0.001, 0.999));
        Assert.InRange(fit.Curve.Medium, 0.5, fit.Curve.High);
        Assert.Equal(ConfidenceBand.High, fit.Curve.Band(fit.Curve.High));
        Assert.Equal(ConfidenceBand.Low, fit.Curve.Band(0.3));
    }

    [Fact]
    public void A_kind_with_fewer_than_fifty_labels_has_no_probability_and_is_counted()
    {
        var labels = Enumerable.Range(0, 50).Select(index => Label($"{index}", FieldKind.Number, index % 7, index % 7 > 0))
            .Concat(Enumerable.Range(0, 49).Select(index => Label($"{index}", FieldKind.Date, index % 5, index % 5 > 0)))
            .ToList();

        var fit = CalibrationFit.Of(labels)!;

        Assert.Equal([new(FieldKind.Number, 50)], fit.Curve.Kinds);
        Assert.Equal([new(FieldKind.Date, 49)], fit.TooFew);
        Assert.Null(fit.Curve.Probability(Field(FieldKind.Date, 1)));
        Assert.NotNull(fit.Curve.Probability(Field(FieldKind.Number, 1)));
        Assert.Null(CalibrationFit.Of([.. labels.Where(label => label.Field.Kind == FieldKind.Date)]));
    }

    [Fact]
    public void Where_all_are_right_it_is_not_known_that_the_next_will_be()
    {
        var labels = Enumerable.Range(0, 100).Select(index => Label($"{index}", FieldKind.Text, index % 9, true)).ToList();

        var fit = CalibrationFit.Of(labels)!;

        Assert.InRange(fit.Curve.Probability(Field(FieldKind.Text, 5))!.Value, 0.98, 0.999);
        // Of a hundred right ones, three in a hundred may be wrong: enough for medium, not for high.
        Assert.InRange(fit.Curve.High, 1.01, double.MaxValue);
        Assert.InRange(fit.Curve.Medium, 0, 1);
    }

    [Fact]
    public void A_single_item_tells_nothing_of_others()
    {
        var fit = CalibrationFit.Of([.. Enumerable.Range(0, 60).Select(index => Label("only", FieldKind.Text, index, index > 30))])!;

        Assert.All(fit.HeldOut, one => Assert.Equal(0.5, one.Probability));
    }

    [Fact]
    public void A_curve_over_other_features_is_not_used()
    {
        var fit = CalibrationFit.Of([.. Enumerable.Range(0, 60).Select(index => Label($"{index}", FieldKind.Text, index, index > 5))])!;

        Assert.Null((fit.Curve with { Features = ["another"] }).Probability(Field(FieldKind.Text, 1)));
    }

    [Fact]
    public void What_is_stored_is_read_again()
    {
        var fit = CalibrationFit.Of([.. Enumerable.Range(0, 60).Select(index => Label($"{index}", FieldKind.Text, index, index > 5))])!;
        var reliability = Reliability.Of([.. fit.HeldOut.Select(one => (one.Probability, one.Label.IsRight))]);

        var stored = new CalibrationRecord(fit.Curve, reliability).ToStore(new("t", "v"), "nano@1f-int8");

        var read = CalibrationRecord.Read(stored);
        Assert.Equal("int8", stored.Precision);
        Assert.Null(new CalibrationRecord(fit.Curve, reliability).ToStore(new("t", "v"), "gpt-x").Precision);
        foreach (var first in (double[])[-3, 0, 4, 90])
            Assert.Equal(fit.Curve.Probability(Field(FieldKind.Text, first)), read.Curve.Probability(Field(FieldKind.Text, first)));
        Assert.Equal(reliability.Line, read.Reliability.Line);
        Assert.Equal(reliability.Bins, read.Reliability.Bins);
    }

    private static LabelledField Label(string item, FieldKind kind, double first, bool isRight) =>
        new(item, new("t", "v"), "m", Field(kind, first), isRight, null);

    private static FieldObservation Field(FieldKind kind, double first) =>
        new("/a", kind, [first, .. Enumerable.Repeat(0.0, FieldObservation.Names.Count - 1)]);
}
