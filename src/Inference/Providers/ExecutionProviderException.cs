namespace Qwen35Batch.Inference.Providers;

/// <summary>
/// The execution provider that was asked for is not in this build, finds no device, or cannot run the model. The message says what to do.
/// </summary>
public class ExecutionProviderException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public ExecutionProviderException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ExecutionProviderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
