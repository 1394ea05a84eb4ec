using Qwen35Batch.Inference.Chat;

namespace Qwen35Batch.Worker.Availability;

internal sealed class LocalEngineState(Qwen35EngineHost engine) : IEngineState
{
    public Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken) =>
        Task.FromResult(engine.Statistics is null ? "The model is being loaded." : null);
}
