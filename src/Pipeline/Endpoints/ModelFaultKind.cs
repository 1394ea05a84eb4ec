namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>What an engine's failure means for the segment.</summary>
public enum ModelFaultKind
{
    /// <summary>The engine is away or overloaded: try again; the segment is not to blame.</summary>
    Unavailable,

    /// <summary>It failed on this request, perhaps because of it: try again, and count it.</summary>
    Failed,

    /// <summary>The prompt is longer than the model can take.</summary>
    PromptTooLong,

    /// <summary>The answer cannot have the length that the job or its task allows.</summary>
    AnswerLength,

    /// <summary>It will never answer this request.</summary>
    Refused,
}
