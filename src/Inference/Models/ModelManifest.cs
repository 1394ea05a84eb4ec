using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Models;

/// <summary>What the converter says about a model folder.</summary>
/// <param name="Name">The checkpoint folder's name.</param>
/// <param name="Revision">A hash of the checkpoint.</param>
/// <param name="WeightBytes">What the weights of each part take; null in a folder of an older converter.</param>
internal sealed record ModelManifest(
    string Name, string Revision, ModelPrecision Precision, GraphKind Graph, string ConverterVersion,
    IReadOnlyDictionary<ModelPart, long>? WeightBytes = null)
{
    public const string FileName = "qwen35batch.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The checkpoint's revision and the precision that it was converted to.</summary>
    [JsonIgnore]
    public string PreciseRevision => $"{Revision}-{Precision.ToString().ToLowerInvariant()}";

    /// <summary>Whether there are graphs with products in 16 bits, too.</summary>
    [JsonIgnore]
    public bool HasHalf => HasHalfOf(Precision, Graph);

    /// <summary><c>name@revision</c>.</summary>
    [JsonIgnore]
    public string Identity => IdentityOf(Name, PreciseRevision);

    /// <summary><c>name@revision</c>: what an insight says about its model.</summary>
    public static string IdentityOf(string name, string revision) => $"{name}@{revision}";

    /// <summary>Whether a model of this kind has them: an exact one would lose what it is made for.</summary>
    public static bool HasHalfOf(ModelPrecision precision, GraphKind graph) =>
        graph == GraphKind.Gpu && precision != ModelPrecision.Fp32;

    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Format));

    /// <summary>Null for a folder that another tool exported.</summary>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public static ModelManifest? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(file), Format);
            return manifest is { Name.Length: > 0, Revision.Length: > 0 }
                ? manifest
                : throw new JsonException("name or revision is missing.");
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{file} is damaged: {error.Message} Convert the checkpoint again.", error);
        }
    }
}
