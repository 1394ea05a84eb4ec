using Qwen35Batch.Inference.Batching;

namespace Qwen35Batch.Worker.Availability;

/// <summary>The engine as its operators see it, in this process or behind an endpoint. Requests go through <c>IChatClient</c>.</summary>
internal interface IEngine
{
    /// <summary>What the engine does right now; null while it is not open, and for an endpoint, which does not tell.</summary>
    EngineStatistics? Statistics { get; }

    /// <summary>Why the engine cannot answer now, in a sentence; null when it can.</summary>
    Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken);

    /// <summary>The model's name, with its revision where that is known. Nothing is loaded or converted for it.</summary>
    Task<string> ModelIdentityAsync(CancellationToken cancellationToken);
}
