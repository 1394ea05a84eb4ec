namespace Qwen35Batch.Inference.Models;

/// <summary>
/// Names of files, inputs and outputs, as onnxruntime-genai's export of Qwen3.5 has them; LogitsToKeep is transformers.js's.
/// </summary>
internal static class GraphNames
{
    public const string TextFile = "text.onnx";
    public const string VisionFile = "vision.onnx";
    public const string EmbeddingFile = "embedding.onnx";

    public const string InputIds = "input_ids";
    public const string Embeddings = "inputs_embeds";
    public const string AttentionMask = "attention_mask";
    public const string Positions = "position_ids";
    public const string LogitsToKeep = "num_logits_to_keep";
    public const string Logits = "logits";

    public const string PixelValues = "pixel_values";
    public const string ImageGrid = "image_grid_thw";
    public const string ImageFeatures = "image_features";

    private const string PastPrefix = "past_key_values.";
    private const string PresentPrefix = "present.";

    public static string Past(int layer, string state) => $"{PastPrefix}{layer}.{state}";

    public static string Present(int layer, string state) => $"{PresentPrefix}{layer}.{state}";

    public static bool IsPast(string input) => input.StartsWith(PastPrefix, StringComparison.Ordinal);

    /// <summary>The output that goes on from a state input.</summary>
    public static string PresentOf(string past) => PresentPrefix + past[PastPrefix.Length..];
}
