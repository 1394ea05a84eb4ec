namespace Qwen35Batch.Contracts.Insights;

/// <summary>
/// How sure the model was when it wrote one field: of the tokens of the value only, and of those only the ones where the schema left a
/// choice. Of a list, the tokens that wrote another element or the end instead. Probabilities are shares among the tokens that the schema
/// allowed there, before penalties and temperature. Not calibrated: a value of 0.9 does not mean that nine of ten such fields are right.
/// </summary>
public sealed record FieldSignals
{
    /// <summary>
    /// The probability of the least likely choice, above 0 and at most 1; null where there is no evidence: no choice, or an endpoint that
    /// does not report one.
    /// </summary>
    public double? LeastProbability { get; init; }

    /// <summary>The probability of the first choice, above 0 and at most 1; null where there is no evidence.</summary>
    public double? FirstProbability { get; init; }

    /// <summary>The geometric mean of the choices' probabilities, above 0 and at most 1; null where there is no evidence.</summary>
    public double? MeanProbability { get; init; }

    /// <summary>
    /// The smallest distance between the logit of a chosen token and that of the best other one that was allowed, in nats; below 0 where a
    /// less likely token was drawn; null where there is no evidence.
    /// </summary>
    public double? SmallestMargin { get; init; }

    /// <summary>The number of tokens that were a choice: 0 where the schema left none.</summary>
    public int Choices { get; init; }

    /// <summary>
    /// Whether a second reading of the page, of its picture alone, gave the same value; null when it was not read again.
    /// </summary>
    public bool? Agreement { get; init; }
}
