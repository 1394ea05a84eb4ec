namespace Qwen35Batch.Worker.Confidence;

/// <summary>Fits a curve to labelled fields, and measures it on fields that it was not fitted to.</summary>
internal sealed record CalibrationFit
{
    /// <summary>Fewer labels of a kind tell nothing of it.</summary>
    public const int LeastLabels = 50;

    // The share of wrong ones that a band has at most.
    private const double WrongInHigh = 0.01;
    private const double WrongInMedium = 0.05;

    /// <summary>Fitted to all labels.</summary>
    public required ConfidenceCurve Curve { get; init; }

    /// <summary>
    /// Each label of a calibrated kind with the probability that a curve gives it which was fitted to the other half of the items.
    /// </summary>
    public required IReadOnlyList<(LabelledField Label, double Probability)> HeldOut { get; init; }

    /// <summary>The kinds with too few labels, and how many they have.</summary>
    public required IReadOnlyDictionary<FieldKind, int> TooFew { get; init; }

    /// <returns>Null when no kind has enough labels.</returns>
    public static CalibrationFit? Of(IReadOnlyList<LabelledField> labels)
    {
        var counts = Counts(labels);
        var kinds = counts.Where(kind => kind.Value >= LeastLabels).ToDictionary();
        var used = labels.Where(label => kinds.ContainsKey(label.Field.Kind)).ToList();
        if (used.Count == 0) return null;

        var half = Halves(used);
        var heldOut = new List<(LabelledField Label, double Probability)>();
        foreach (var measured in (bool[])[false, true])
        {
            var curve = Fit([.. used.Where(label => half.Contains(label.Item) != measured)], kinds);
            heldOut.AddRange(used.Where(label => half.Contains(label.Item) == measured)
                .Select(label => (label, curve.Probability(label.Field)!.Value)));
        }

        var (high, medium) = (Threshold(heldOut, WrongInHigh), Threshold(heldOut, WrongInMedium));
        return new()
        {
            Curve = Fit(used, kinds) with { High = high, Medium = medium },
            HeldOut = heldOut,
            TooFew = counts.Where(kind => kind.Value < LeastLabels).ToDictionary(),
        };
    }

    /// <summary>How many labels there are of each kind.</summary>
    public static IReadOnlyDictionary<FieldKind, int> Counts(IReadOnlyList<LabelledField> labels) =>
        labels.GroupBy(label => label.Field.Kind).ToDictionary(kind => kind.Key, kind => kind.Count());

    /// <summary>Every other item, those with and those without an error apart: both halves have of both.</summary>
    private static HashSet<string> Halves(List<LabelledField> labels) =>
    [
        .. labels.GroupBy(label => label.Item)
            .GroupBy(item => item.Any(label => !label.IsRight))
            .SelectMany(items => items.Select(item => item.Key).Order(StringComparer.Ordinal).Where((_, index) => index % 2 == 0))
    ];

    private static ConfidenceCurve Fit(List<LabelledField> labels, Dictionary<FieldKind, int> kinds)
    {
        // Where there is a single item, its other half is empty: nothing is known.
        if (labels.Count == 0)
            return Curved(new([], [], [0]), new([0], [0.5]), kinds);
        var regression = LogisticRegression.Fit(
            [.. labels.Select(label => label.Field.Features)], [.. labels.Select(label => label.IsRight)]);
        var curve = IsotonicCurve.Fit(labels.Select(label => (regression.Score(label.Field.Features), label.IsRight)));
        return Curved(regression, curve, kinds);
    }

    private static ConfidenceCurve Curved(LogisticRegression regression, IsotonicCurve curve, Dictionary<FieldKind, int> kinds) => new()
    {
        Features = FieldObservation.Names,
        Regression = regression,
        Curve = curve,
        Kinds = kinds,
        High = 2,
        Medium = 2,
    };

    /// <summary>
    /// The lowest probability from which on the share of wrong ones is at most this. Of n that are all right it is bounded by 3/n, so
    /// that a few right ones make no band.
    /// </summary>
    private static double Threshold(List<(LabelledField Label, double Probability)> labels, double most)
    {
        var (threshold, wrong, count) = (2.0, 0, 0);
        foreach (var same in labels.GroupBy(label => label.Probability).OrderByDescending(group => group.Key))
        {
            count += same.Count();
            wrong += same.Count(label => !label.Label.IsRight);
            if ((wrong == 0 ? 3.0 : wrong) / count <= most) threshold = same.Key;
        }

        return threshold;
    }
}
