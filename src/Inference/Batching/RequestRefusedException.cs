namespace Qwen35Batch.Inference.Batching;

/// <summary>A request that this engine can never answer as it is. Sending it again does not help; the message says what does.</summary>
/// <param name="kind">What the refusal is about.</param>
/// <param name="message">What is wrong with the request, and what to do.</param>
/// <param name="innerException">What caused it, or null.</param>
public sealed class RequestRefusedException(RequestRefusal kind, string message, Exception? innerException = null)
    : ArgumentException(message, innerException)
{
    /// <summary>What the refusal is about.</summary>
    public RequestRefusal Kind => kind;
}
