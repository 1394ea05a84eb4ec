using Qwen35Batch.Pipeline.Tools;

namespace Qwen35Batch.Pipeline;

/// <summary>Whether the tools that take media apart are there, for a readiness check.</summary>
public sealed class PipelineReadiness
{
    private readonly ToolCheck _tools;

    internal PipelineReadiness(ToolCheck tools) => _tools = tools;

    /// <summary>Looks for every tool, and asks for the version of what is new.</summary>
    /// <returns>What is missing or too old, each in a sentence that says what to do; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken) =>
        [.. (await _tools.CheckAsync(cancellationToken)).Select(status => status.Problem).OfType<string>()];
}
