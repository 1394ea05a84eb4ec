namespace Qwen35Batch.Inference.Tokenization;

/// <summary>A request that can never be sent to the model as it is; the message names the message and part, and what to do.</summary>
public sealed class InvalidPromptException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public InvalidPromptException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    public InvalidPromptException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public InvalidPromptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
