namespace Qwen35Batch.Worker.Availability;

/// <summary>Where the model runs.</summary>
public enum EngineKind
{
    /// <summary>In this process, on ONNX Runtime.</summary>
    Local,

    /// <summary>Behind an OpenAI-compatible endpoint, such as vLLM or SGLang on a GPU cluster.</summary>
    OpenAI,
}
