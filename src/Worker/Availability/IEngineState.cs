namespace Qwen35Batch.Worker.Availability;

/// <summary>Whether the engine can answer, of the engine in this process and of an endpoint.</summary>
internal interface IEngineState
{
    /// <summary>Why the engine cannot answer now, in a sentence; null when it can.</summary>
    Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken);
}
