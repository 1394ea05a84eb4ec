using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>A field of which it is known whether it is right.</summary>
/// <param name="Item">The medium: fields of one go wrong together, so they are never fitted and measured apart.</param>
/// <param name="Task">The task and its version.</param>
/// <param name="Model">The model with its revision.</param>
/// <param name="Field">What is known of it.</param>
/// <param name="IsRight">Whether its value is the expected one.</param>
/// <param name="Probability">What was said of it before; null when it was not calibrated.</param>
internal sealed record LabelledField(
    string Item, TaskReference Task, string Model, FieldObservation Field, bool IsRight, double? Probability);
