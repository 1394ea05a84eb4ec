using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks.Grants;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A task as its file says it, checked.</summary>
internal sealed record AnalysisTask
{
    public required TaskReference Reference { get; init; }

    public required string Description { get; init; }

    /// <summary>The kinds of media that the task reads; empty for an agent, which is asked a question.</summary>
    public required IReadOnlyList<MediaKind> Kinds { get; init; }

    /// <summary>What is asked of a segment.</summary>
    public required TaskQuestion Segment { get; init; }

    /// <summary>What is asked over the insights of a job's segments; null when they stand for themselves.</summary>
    public TaskQuestion? Synthesis { get; init; }

    public required Sampling Sampling { get; init; }

    public required MediaSettings Media { get; init; }

    /// <summary>The tools and the budget of an agent; null for a task that reads media.</summary>
    public AgentSettings? Agent { get; init; }
}
