namespace Qwen35Batch.Worker.Reports.Evaluation;

/// <summary>What of an answer is compared under one name.</summary>
/// <param name="Name">As it stands in the report.</param>
/// <param name="Pointers">JSON pointers; <c>*</c> stands for every item of an array, whose number and order count.</param>
/// <param name="Tolerance">How far numbers may be apart.</param>
internal sealed record EvaluationField(string Name, IReadOnlyList<string> Pointers, double Tolerance);
