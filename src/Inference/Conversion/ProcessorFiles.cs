using System.Text.Json;
using System.Text.Json.Nodes;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Conversion;

/// <summary>The files of a model folder that are not graphs: copied from the checkpoint, or written where it has none.</summary>
internal static class ProcessorFiles
{
    private const string ProcessorFile = "processor_config.json";
    private const string ImageProcessorFile = "preprocessor_config.json";
    private const string VideoProcessorFile = "video_preprocessor_config.json";
    private const string TokenizerFile = "tokenizer.json";

    private static readonly string[] Copied =
    [
        ModelConfig.FileName, TokenizerFile, ProcessorFile, ImageProcessorFile, VideoProcessorFile, "generation_config.json",
        "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "chat_template.json",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <exception cref="ModelFormatException">The checkpoint has no tokenizer.</exception>
    public static void Check(string checkpointFolder)
    {
        if (!File.Exists(Path.Combine(checkpointFolder, TokenizerFile)))
        {
            throw new ModelFormatException($"{checkpointFolder} has no {TokenizerFile}. Download the whole checkpoint.");
        }
    }

    public static void Write(Checkpoint checkpoint, string folder)
    {
        foreach (var file in Copied.Where(file => File.Exists(Path.Combine(checkpoint.Folder, file))))
        {
            File.Copy(Path.Combine(checkpoint.Folder, file), Path.Combine(folder, file));
        }

        var processor = Path.Combine(folder, ProcessorFile);
        if (!File.Exists(processor))
        {
            File.WriteAllText(processor, Processor(checkpoint).ToJsonString(Indented));
        }
    }

    private static JsonObject Processor(Checkpoint checkpoint) => new()
    {
        ["processor_class"] = "Qwen3VLProcessor",
        ["image_processor"] = Copy(checkpoint.Folder, ImageProcessorFile) ?? ImageProcessor(checkpoint.Config.Vision),
        ["video_processor"] = Copy(checkpoint.Folder, VideoProcessorFile) ?? VideoProcessor(checkpoint.Config.Vision),
    };

    private static JsonNode? Copy(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{path} is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>The limits, in pixels, of the published Qwen3.5 checkpoints.</summary>
    private static JsonObject ImageProcessor(VisionConfig vision) => Common("Qwen2VLImageProcessorFast", vision, 65536, 16777216);

    private static JsonObject VideoProcessor(VisionConfig vision)
    {
        var video = Common("Qwen3VLVideoProcessor", vision, 4096, 25165824);
        video["fps"] = 2;
        video["min_frames"] = 4;
        video["max_frames"] = 768;
        video["do_sample_frames"] = true;
        return video;
    }

    private static JsonObject Common(string type, VisionConfig vision, int shortestEdge, int longestEdge) => new()
    {
        [type.Contains("Video", StringComparison.Ordinal) ? "video_processor_type" : "image_processor_type"] = type,
        ["size"] = new JsonObject { ["shortest_edge"] = shortestEdge, ["longest_edge"] = longestEdge },
        ["patch_size"] = vision.PatchSize,
        ["temporal_patch_size"] = vision.TemporalPatchSize,
        ["merge_size"] = vision.MergeSize,
        ["image_mean"] = new JsonArray(0.5, 0.5, 0.5),
        ["image_std"] = new JsonArray(0.5, 0.5, 0.5),
        ["rescale_factor"] = 1 / 255.0,
        ["resample"] = 3,
    };
}
