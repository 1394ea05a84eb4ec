using System.Diagnostics.CodeAnalysis;

namespace Qwen35Batch.Contracts.Insights;

/// <summary>
/// What is known of one scalar of an insight: a text, number, boolean or null. An insight has one for each, in the order of the document;
/// the value itself stands in the insight and is not repeated. Behind them is one for each list whose length was a choice of the model:
/// how sure it is that no element is missing and none too many.
/// </summary>
public sealed record InsightField
{
    /// <summary>The JSON pointer of the value within the insight.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is RFC 6901's word, and the record's.")]
    public required string Pointer { get; init; }

    /// <summary>
    /// The probability of being right, from 0 to 1, as measured on labelled items of this task, model and precision; null while that is not
    /// calibrated.
    /// </summary>
    public double? Probability { get; init; }

    /// <summary>The band that the calibration puts <see cref="Probability"/> in; null while it is not calibrated.</summary>
    public ConfidenceBand? Band { get; init; }

    /// <summary>The calibration that <see cref="Probability"/> comes from; null while there is none.</summary>
    public string? Calibration { get; init; }

    /// <summary>
    /// True when the value was found in the text of the media; false when it was looked for and is not there: the alarm for what a model
    /// invents. Null when there is nothing to look in (a picture without a text layer), or nothing to look for (null, a boolean, one of an
    /// enum's values, a page or time, what the task says that the model words itself, a text of more than 160 characters that is not there
    /// to the letter).
    /// </summary>
    public bool? Grounded { get; init; }

    /// <summary>What the model's own probabilities say; null when the engine does not tell them.</summary>
    public FieldSignals? Signals { get; init; }

    /// <summary>The places among the insight's citations, by their index from 0; empty when none is known.</summary>
    public IReadOnlyList<int> Citations { get; init; } = [];
}
