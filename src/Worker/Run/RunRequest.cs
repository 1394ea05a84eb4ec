using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Run;

/// <summary>What a <c>run</c> is to do.</summary>
/// <param name="Sources">Absolute paths and URLs.</param>
/// <param name="Task">A task's name, or <c>auto</c>.</param>
/// <param name="Options">What differs from the task.</param>
/// <param name="Priority">Higher runs first.</param>
/// <param name="Again">Whether work that has ended is done anew.</param>
/// <param name="Output">The file to write; null for none.</param>
internal sealed record RunRequest(IReadOnlyList<string> Sources, string Task, JobOptions Options, int Priority, bool Again, string? Output)
{
    /// <summary>What an agent is asked, beside the sources.</summary>
    public IReadOnlyList<string> Questions { get; init; } = [];
}
