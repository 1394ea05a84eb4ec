using Qwen35Batch.Persistence.Searching;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Which insights. A null matches all; several conditions must all hold.</summary>
public sealed record InsightFilter
{
    /// <summary>Those of these jobs.</summary>
    public JobFilter Jobs { get; init; } = JobFilter.All;

    /// <summary>Those in which this is found.</summary>
    public SearchQuery? Query { get; init; }

    /// <summary>Those with a field whose calibrated probability is lower.</summary>
    public double? Below { get; init; }

    /// <summary>Those that nobody has reviewed (false), or somebody has (true).</summary>
    public bool? IsReviewed { get; init; }
}
