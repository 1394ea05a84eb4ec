namespace Qwen35Batch.Inference.Batching;

/// <summary>A request that this engine can never answer as it is. Sending it again does not help; the message says what does.</summary>
public sealed class RequestRefusedException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    public RequestRefusedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the request, and what to do.</param>
    public RequestRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the request, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public RequestRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
