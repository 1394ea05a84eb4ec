namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>The call that a tool answers.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Step">The number of the step within the job.</param>
/// <param name="Language">The language of the answer as a BCP 47 tag.</param>
/// <param name="Stop">Ends the call.</param>
public sealed record ToolCallContext(Guid JobId, int Step, string Language, CancellationToken Stop)
{
    /// <summary>The hosts that may be asked, <c>*.</c> before one for all below it, as the task says; empty for any.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];
}
