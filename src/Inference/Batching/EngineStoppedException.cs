namespace Qwen35Batch.Inference.Batching;

/// <summary>The engine stops or has stopped; the request was not answered, and can be sent again elsewhere or later.</summary>
public sealed class EngineStoppedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public EngineStoppedException()
        : this("The engine stops, so the request was not answered. Send it again when the engine runs.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    public EngineStoppedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public EngineStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
