using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Calibrations;

/// <summary>
/// How the fields of one task's insights, as one model gives them, are turned into probabilities. It holds for this version of the task and
/// this revision of the model only.
/// </summary>
public sealed record StoredCalibration
{
    /// <summary>Its number in the ledger; 0 until it is stored, and for one that came with its model.</summary>
    public long Id { get; init; }

    /// <summary>The task and its version.</summary>
    public required TaskReference Task { get; init; }

    /// <summary>The model with its revision, such as <c>nano@1f3a9c0e-int8</c>.</summary>
    public required string Model { get; init; }

    /// <summary>How the model's weights are stored, such as <c>int8</c>; null for an endpoint, which does not tell.</summary>
    public string? Precision { get; init; }

    /// <summary>When it was stored, by the database's clock.</summary>
    public DateTimeOffset FittedAt { get; init; }

    /// <summary>The labelled fields of this task that it was measured on.</summary>
    public required int Labels { get; init; }

    /// <summary>How many of those were wrong.</summary>
    public required int Wrong { get; init; }

    /// <summary>
    /// The area under the receiver operating characteristic on fields that it was not fitted to; null when all were right, or all wrong.
    /// </summary>
    public double? Auc { get; init; }

    /// <summary>The expected calibration error on fields that it was not fitted to, from 0 to 1.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>The Brier score on fields that it was not fitted to, from 0 to 1.</summary>
    public required double Brier { get; init; }

    /// <summary>The share of wrong ones among the surest 80 % of fields that it was not fitted to.</summary>
    public required double WrongAmongSurest { get; init; }

    /// <summary>What turns a field's signals into its probability, and what was measured, as the worker wrote it.</summary>
    public required JsonElement Curve { get; init; }

    /// <summary>
    /// Its name in the record of a field, such as <c>document@5f3a/nano@1f3a9c0e-int8#3</c>, or with <c>#bundled</c> at its end for one
    /// that came with its model.
    /// </summary>
    [JsonIgnore]
    public string Name => $"{Task.Name}@{Task.Version}/{Model}#{(Id == 0 ? "bundled" : Id)}";
}
