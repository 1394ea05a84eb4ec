namespace Qwen35Batch.Contracts;

/// <summary>A segment within its job.</summary>
public sealed record SegmentReference
{
    /// <summary>The segment's number within the job, from 0; the synthesis has the highest.</summary>
    public required int Number { get; init; }

    /// <summary>What the segment is.</summary>
    public required SegmentKind Kind { get; init; }

    /// <summary>The page, from 1, of a <see cref="SegmentKind.Page"/>.</summary>
    public int? Page { get; init; }

    /// <summary>The start in seconds, of a clip or a span of sound.</summary>
    public double? StartSeconds { get; init; }

    /// <summary>The end in seconds, of a clip or a span of sound.</summary>
    public double? EndSeconds { get; init; }
}
