using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>What turns a field's features into its probability of being right.</summary>
internal sealed record ConfidenceCurve
{
    /// <summary>The names of the features, as <see cref="FieldObservation.Names"/> were when it was fitted.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    public required LogisticRegression Regression { get; init; }

    public required IsotonicCurve Curve { get; init; }

    /// <summary>The kinds that had enough labels, with their number; the others have no probability.</summary>
    public required IReadOnlyDictionary<FieldKind, int> Kinds { get; init; }

    /// <summary>The least probability of the band high; above 1 when no fields were right often enough.</summary>
    public required double High { get; init; }

    /// <summary>The least probability of the band medium; above 1 when no fields were right often enough.</summary>
    public required double Medium { get; init; }

    /// <summary>The probability of a field; null when its kind is not calibrated.</summary>
    public double? Probability(FieldObservation field) =>
        Kinds.ContainsKey(field.Kind) && Features.SequenceEqual(FieldObservation.Names)
            ? Curve.At(Regression.Score(field.Features))
            : null;

    public ConfidenceBand Band(double probability) =>
        probability >= High ? ConfidenceBand.High : probability >= Medium ? ConfidenceBand.Medium : ConfidenceBand.Low;
}
