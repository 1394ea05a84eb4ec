using Qwen35Batch.Worker.Confidence;

namespace Qwen35Batch.Worker.Tests.Confidence;

public sealed class ReliabilityTests
{
    [Fact]
    public void The_measures_of_five_fields()
    {
        var measured = Reliability.Of([(0.9, true), (0.8, true), (0.6, false), (0.6, true), (0.2, false)]);

        // Of six pairs of a right and a wrong one, five are in order and one is equal.
        Assert.Equal(5.5 / 6, measured.Auc!.Value, 1e-12);
        Assert.Equal((0.01 + 0.04 + 0.36 + 0.16 + 0.04) / 5, measured.Brier, 1e-12);
        Assert.Equal((0.1 + 0.2 + 0.6 + 0.4 + 0.2) / 5, measured.CalibrationError, 1e-12);
        Assert.Equal(0.25, measured.WrongAmongSurest, 1e-12);
        Assert.Equal((5, 2, 0.4), (measured.Count, measured.Wrong, measured.WrongShareOfAll));
    }

    [Fact]
    public void Without_a_wrong_one_there_is_no_curve() => Assert.Null(Reliability.Of([(0.9, true), (0.8, true)]).Auc);

    [Fact]
    public void The_area_is_the_share_of_pairs_in_order()
    {
        foreach (var labels in Drawn())
        {
            var pairs = labels.Where(one => one.IsRight)
                .SelectMany(right => labels.Where(one => !one.IsRight).Select(wrong => Math.Sign(right.Value - wrong.Value)))
                .ToList();

            var auc = Reliability.Of(labels).Auc;

            Assert.Equal(pairs.Count == 0, auc is null);
            if (auc is { } area) Assert.Equal(pairs.Average(order => (order + 1) / 2.0), area, 1e-9);
        }
    }

    [Fact]
    public void An_isotonic_curve_never_falls_and_never_promises_certainty()
    {
        foreach (var labels in Drawn())
        {
            var curve = IsotonicCurve.Fit(labels);
            var values = Enumerable.Range(-2, 15).Select(at => curve.At(at / 10.0)).ToList();
            Assert.Equal(values.Order(), values);
            Assert.All(values, value => Assert.InRange(value, 0.001, 0.999));
        }
    }

    private static IEnumerable<List<(double Value, bool IsRight)>> Drawn()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            yield return [.. Enumerable.Range(0, 2 + (seed % 60)).Select(_ => (random.Next(10) / 10.0, random.Next(3) > 0))];
        }
    }
}
