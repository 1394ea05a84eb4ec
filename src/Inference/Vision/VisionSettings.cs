using System.Text.Json;

namespace Qwen35Batch.Inference.Vision;

/// <summary>
/// How large pictures and clips may be, and how they are cut into patches: what the model folder says, Qwen3.5's own values where it is
/// silent.
/// </summary>
internal sealed record VisionSettings
{
    /// <summary>For one picture.</summary>
    public PixelLimits Image { get; init; } = new(65_536, 16_777_216);

    /// <summary>For all frames of one clip.</summary>
    public PixelLimits Video { get; init; } = new(4_096, 25_165_824);

    /// <summary>The side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>The side of the square of patches that becomes one token.</summary>
    public const int MergeSize = 2;

    /// <summary>Frames in a patch.</summary>
    public const int TemporalPatchSize = 2;

    /// <summary>Widths and heights are multiples of this.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>
    /// Reads <c>processor_config.json</c> (with <c>image_processor</c> and <c>video_processor</c>), else <c>preprocessor_config.json</c>
    /// and <c>video_preprocessor_config.json</c>, of a model folder.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is damaged, or asks for what Qwen3.5 does not do.</exception>
    public static VisionSettings Load(string modelFolder)
    {
        var settings = new VisionSettings();
        foreach (var (file, key) in (ReadOnlySpan<(string, string?)>)
            [
                ("preprocessor_config.json", null), ("video_preprocessor_config.json", null),
                ("processor_config.json", "image_processor"), ("processor_config.json", "video_processor"),
            ])
        {
            var path = Path.Combine(modelFolder, file);
            if (!File.Exists(path))
                continue;
            try
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(path));
                var part = document.RootElement;
                if (key is null || part.TryGetProperty(key, out part))
                    settings = settings.With(part, file.StartsWith("video", StringComparison.Ordinal) || key == "video_processor");
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                throw new InvalidDataException($"{path} is not a processor configuration as Hugging Face writes it: {e.Message}", e);
            }
            catch (NotSupportedException e)
            {
                throw new InvalidDataException($"{path}: {e.Message}", e);
            }
        }

        return settings;
    }

    private VisionSettings With(JsonElement part, bool video)
    {
        Require(part, "merge_size", MergeSize);
        Require(part, "temporal_patch_size", TemporalPatchSize);
        foreach (var name in (ReadOnlySpan<string>)["image_mean", "image_std"])
        {
            if (part.TryGetProperty(name, out var values)
                && values.ValueKind == JsonValueKind.Array
                && values.EnumerateArray().Any(v => v.GetDouble() != 0.5))
            {
                throw new NotSupportedException($"{name} is {values.GetRawText()}; Qwen3.5 normalises with 0.5.");
            }
        }

        var patchSize = part.TryGetProperty("patch_size", out var patch) && patch.ValueKind == JsonValueKind.Number
            ? patch.GetInt32()
            : PatchSize;
        var limits = video ? Video : Image;
        if (part.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Object)
            limits = new(Pixels(size, "shortest_edge") ?? limits.Min, Pixels(size, "longest_edge") ?? limits.Max);
        limits = new(Pixels(part, "min_pixels") ?? limits.Min, Pixels(part, "max_pixels") ?? limits.Max);
        if (patchSize < 1 || limits.Min < 1 || limits.Max < limits.Min)
            throw new NotSupportedException($"patches of {patchSize} pixels, from {limits.Min} to {limits.Max} pixels, make no sense.");
        return video ? this with { Video = limits, PatchSize = patchSize } : this with { Image = limits, PatchSize = patchSize };
    }

    private static long? Pixels(JsonElement part, string name) =>
        part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static void Require(JsonElement part, string name, int expected)
    {
        if (part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetInt32() != expected)
            throw new NotSupportedException($"{name} is {value.GetRawText()}; Qwen3.5 has {expected}.");
    }
}
