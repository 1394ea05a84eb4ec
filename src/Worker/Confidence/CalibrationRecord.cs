using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Calibrations;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>
/// What the ledger keeps of a calibration beside its numbers: the curve, and how it held on fields that it was not fitted to.
/// </summary>
/// <param name="Curve">The curve.</param>
/// <param name="Reliability">Measured on the task's own labels.</param>
internal sealed record CalibrationRecord(ConfidenceCurve Curve, Reliability Reliability)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <exception cref="JsonException">Another version of this program wrote it in another form.</exception>
    public static CalibrationRecord Read(StoredCalibration stored) =>
        stored.Curve.Deserialize<CalibrationRecord>(Json) ?? throw new JsonException("The calibration is empty.");

    public StoredCalibration ToStore(TaskReference task, string model) => new()
    {
        Task = task,
        Model = model,
        Precision = PrecisionOf(model),
        Labels = Reliability.Count,
        Wrong = Reliability.Wrong,
        Auc = Reliability.Auc,
        CalibrationError = Reliability.CalibrationError,
        Brier = Reliability.Brier,
        WrongAmongSurest = Reliability.WrongAmongSurest,
        Curve = JsonSerializer.SerializeToElement(this, Json),
    };

    // A model of our own ends with how its weights are stored; an endpoint's name may end with anything.
    private static string? PrecisionOf(string model) =>
        model.Split('-')[^1] is var last && (string[])["fp32", "fp16", "bf16", "int8", "int4"] is var known && known.Contains(last)
            ? last
            : null;
}
