namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>What a call gave.</summary>
/// <param name="Text">The result as it is shown to a reader.</param>
public sealed record ToolResult(string Text)
{
    /// <summary>The addresses that may be read from now on.</summary>
    public IReadOnlyList<SeenAddress> Addresses { get; init; } = [];

    /// <summary>The page that was read; null when none was.</summary>
    public ReadSource? Source { get; init; }

    /// <summary>Finished temporary files, which the commit moves to the job's artefacts.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; init; } = [];

    /// <summary>The bytes that came from outside.</summary>
    public long Bytes { get; init; }
}
