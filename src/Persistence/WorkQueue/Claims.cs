using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.WorkQueue;

/// <summary>A row claimed for work.</summary>
public interface IClaim
{
    /// <summary>The right to write what comes of it.</summary>
    Lease Lease { get; }

    /// <summary>True when the row is a job, false when it is a segment.</summary>
    bool IsJob { get; }

    /// <summary>The job.</summary>
    Guid JobId { get; }

    /// <summary>How often a worker died while it held this.</summary>
    int Crashes { get; }
}

/// <summary>A job claimed for planning.</summary>
/// <param name="Lease">The right to write its plan.</param>
/// <param name="Job">What to plan.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Crashes">How often a worker died while it held this.</param>
public sealed record JobClaim(Lease Lease, MediaJob Job, int Attempt, int Crashes) : IClaim
{
    /// <inheritdoc/>
    public bool IsJob => true;

    /// <inheritdoc/>
    public Guid JobId => Job.JobId;

    /// <summary>Its priority.</summary>
    public int Priority { get; init; }

    /// <summary>The submitter's correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The corpus that it belongs to; null for none.</summary>
    public string? Corpus { get; init; }
}

/// <summary>A segment claimed for analysis.</summary>
/// <param name="Lease">The right to write its outcome.</param>
/// <param name="Job">What to analyse.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Crashes">How often a worker died while it held this; above 0 it is claimed alone.</param>
public sealed record SegmentClaim(Lease Lease, SegmentJob Job, int Attempt, int Crashes) : IClaim
{
    /// <summary>Whether its job has no other segment: nothing becomes ready when this one ends.</summary>
    public bool IsOnly { get; init; }

    /// <summary>The corpus that its job belongs to; null for none.</summary>
    public string? Corpus { get; init; }

    /// <inheritdoc/>
    public bool IsJob => false;

    /// <inheritdoc/>
    public Guid JobId => Job.JobId;
}
