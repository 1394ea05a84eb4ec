namespace Qwen35Batch.Persistence.Model;

/// <summary>How the fields of one task's insights, as one model gives them, are turned into probabilities; rows are only added.</summary>
internal sealed class CalibrationRow
{
    public long Id { get; set; }

    public required string TaskName { get; set; }

    public required string TaskVersion { get; set; }

    public required string Model { get; set; }

    public string? Precision { get; set; }

    public DateTimeOffset FittedAt { get; set; }

    public int Labels { get; set; }

    public int Wrong { get; set; }

    public double? Auc { get; set; }

    public double CalibrationError { get; set; }

    public double Brier { get; set; }

    public double WrongAmongSurest { get; set; }

    public required string Curve { get; set; }
}
