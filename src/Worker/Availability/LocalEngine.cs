using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Chat;

namespace Qwen35Batch.Worker.Availability;

/// <summary>The engine in this process.</summary>
internal sealed class LocalEngine(Qwen35EngineHost engine) : IEngine
{
    public EngineStatistics? Statistics => engine.Statistics;

    public Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(engine.Statistics is null ? "The model is being loaded." : null);

    public Task<string> ModelIdentityAsync(CancellationToken cancellationToken) => engine.ModelIdentityAsync(cancellationToken);
}
