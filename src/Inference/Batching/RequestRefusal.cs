namespace Qwen35Batch.Inference.Batching;

/// <summary>Why an engine refuses a request.</summary>
public enum RequestRefusal
{
    /// <summary>
    /// The prompt leaves no room for the answer: less text, smaller pictures or fewer frames are needed, or longer sequences.
    /// </summary>
    PromptTooLong,

    /// <summary>The tokens that the answer may have are fewer than its schema needs, or more than a sequence holds.</summary>
    AnswerLength,

    /// <summary>An option is set that the engine cannot honour, or a number is out of its range.</summary>
    Option,

    /// <summary>The answer's JSON schema is missing, or has what the engine cannot hold it to.</summary>
    Schema,
}
