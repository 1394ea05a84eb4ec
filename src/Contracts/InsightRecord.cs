using System.Text.Json;
using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Contracts;

/// <summary>One stored insight with its provenance: a line of <c>--out</c> and of <c>export</c>.</summary>
public sealed record InsightRecord
{
    /// <summary>The job's source as it was submitted.</summary>
    public required string Source { get; init; }

    /// <summary>The job's id.</summary>
    public required Guid Job { get; init; }

    /// <summary>The segment within the job.</summary>
    public required SegmentReference Segment { get; init; }

    /// <summary>The task and its version.</summary>
    public required TaskReference Task { get; init; }

    /// <summary>The insight: JSON that is valid against the task's schema.</summary>
    public required JsonElement Insight { get; init; }

    /// <summary>What the insight rests on.</summary>
    public required IReadOnlyList<Citation> Citations { get; init; }

    /// <summary>The texts that are names of the user's own lists, with their keys; null when there are none.</summary>
    public IReadOnlyList<LinkedName>? Names { get; init; }

    /// <summary>
    /// Where each scalar of the insight stands, and how sure it is, in the order of the document, then how sure the lengths of its lists
    /// are; empty for an older insight.
    /// </summary>
    public IReadOnlyList<InsightField> Fields { get; init; } = [];

    /// <summary>What a reader must know, such as "there is no transcript" or "the video breaks off at 14.7 s"; null when nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The model and its revision, such as <c>nano@1f3a9c0e</c>.</summary>
    public required string Model { get; init; }

    /// <summary>What it took.</summary>
    public required Usage Usage { get; init; }
}
