using System.Text.Json;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Persistence.Calibrations;

namespace Qwen35Batch.Worker.Confidence;

/// <summary>
/// The calibrations that came with the model: <c>calibration.json</c> in its folder, as <c>calibration export</c> writes it. They hold, as
/// those of a ledger do, for the task's version and the model's revision and precision that they name, and for no other.
/// </summary>
internal sealed class BundledCalibrations
{
    /// <summary>The file's name within the model's folder.</summary>
    public const string FileName = "calibration.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private BundledCalibrations(IReadOnlyList<StoredCalibration> all, string? problem) => (All, Problem) = (all, problem);

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<StoredCalibration> All { get; }

    /// <summary>Why the file that is there cannot be used; null when it can, and when there is none.</summary>
    public string? Problem { get; }

    /// <summary>Those of <c>Engine:ModelFolder</c>, which says nothing of an endpoint's model unless they name it.</summary>
    public static BundledCalibrations Of(IConfiguration configuration) =>
        configuration[$"{EngineOptions.Section}:{nameof(EngineOptions.ModelFolder)}"] is { Length: > 0 } folder
            ? Read(Path.Combine(folder, FileName))
            : new([], null);

    /// <summary>Reads a file; without one, there are none.</summary>
    public static BundledCalibrations Read(string file)
    {
        try
        {
            if (!File.Exists(file)) return new([], null);
            var all = JsonSerializer.Deserialize<IReadOnlyList<StoredCalibration>>(File.ReadAllText(file), Json)
                ?? throw new JsonException("It is empty.");
            return new([.. all.Select(one => one with { Id = 0 })], null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            return new([], $"{file} cannot be read, so its calibrations are not used: {unreadable.Message}");
        }
    }

    /// <summary>Writes calibrations as such a file, one a line.</summary>
    public static void Write(string file, IEnumerable<StoredCalibration> calibrations) => File.WriteAllText(
        file, $"[\n{string.Join(",\n", calibrations.Select(one => JsonSerializer.Serialize(one with { Id = 0 }, Json)))}\n]\n");

    /// <summary>The one for a version of a task and a revision of a model; null when there is none.</summary>
    public StoredCalibration? Find(TaskReference task, string model) => All.FirstOrDefault(one => one.Task == task && one.Model == model);
}
