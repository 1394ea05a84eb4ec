using Qwen35Batch.Contracts.Insights;

namespace Qwen35Batch.Contracts;

/// <summary>Published when a person has said something of a stored insight. The model's answer stays as it is.</summary>
public sealed record InsightReviewed
{
    /// <summary>The job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The submitter's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The insight, as the ledger's views number it.</summary>
    public required long InsightId { get; init; }

    /// <summary>The number of the segment within the job, from 0.</summary>
    public required int Segment { get; init; }

    /// <summary>The number of the review of this insight, from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>Who said it.</summary>
    public required string Reviewer { get; init; }

    /// <summary>What was said, field by field.</summary>
    public required IReadOnlyList<FieldReview> Fields { get; init; }
}
