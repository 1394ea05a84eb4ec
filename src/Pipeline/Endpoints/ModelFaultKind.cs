namespace Qwen35Batch.Pipeline.Endpoints;

/// <summary>What an engine's failure looks like. Whether the segment is charged for it depends on whether others are answered.</summary>
public enum ModelFaultKind
{
    /// <summary>The engine is away or overloaded: try again; the segment is not to blame.</summary>
    Unavailable,

    /// <summary>
    /// No request of this form, with this key, or to this address is answered: an operator must put it right; the segment is not to blame.
    /// </summary>
    Misconfigured,

    /// <summary>
    /// It broke off: a lost connection, a gateway's error, no answer in time. The segment is suspected where others are answered.
    /// </summary>
    Broken,

    /// <summary>It failed on this request, or its answer cannot be read: the segment is charged where others are answered.</summary>
    Failed,

    /// <summary>The prompt, or the prompt and the longest answer together, are longer than the model can take.</summary>
    PromptTooLong,

    /// <summary>The answer cannot have the length that the job or its task allows.</summary>
    AnswerLength,

    /// <summary>It refuses this request: for good where it takes others.</summary>
    Refused,
}
