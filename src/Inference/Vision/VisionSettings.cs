namespace Qwen35Batch.Inference.Vision;

/// <summary>How large pictures and clips may be, in pixels.</summary>
internal sealed record VisionSettings
{
    /// <summary>Reads <c>processor_config.json</c>, <c>preprocessor_config.json</c> and <c>video_preprocessor_config.json</c> of a model folder; Qwen3.5's own values where they are absent.</summary>
    public static VisionSettings Load(string modelFolder) => throw new NotImplementedException(modelFolder);
}
