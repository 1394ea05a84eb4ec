using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>Which jobs. A null matches all; several conditions must all hold.</summary>
public sealed record JobFilter
{
    /// <summary>Every job.</summary>
    public static JobFilter All { get; } = new();

    /// <summary>These jobs.</summary>
    public IReadOnlyCollection<Guid>? JobIds { get; init; }

    /// <summary>Whether the jobs of archives' files count as those of their archives, beside <see cref="JobIds"/>.</summary>
    public bool WithArchived { get; init; }

    /// <summary>Jobs in one of these states.</summary>
    public IReadOnlyCollection<JobState>? States { get; init; }

    /// <summary>Jobs of this task, as submitted or as <c>auto</c> was resolved.</summary>
    public string? Task { get; init; }

    /// <summary>Jobs whose source contains this text; upper and lower case are the same for ASCII letters.</summary>
    public string? SourceContains { get; init; }

    /// <summary>Jobs with this correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>
    /// Jobs with a field whose calibrated probability is lower; those without a calibrated field do not match.
    /// </summary>
    public double? Below { get; init; }

    /// <summary>Jobs of this corpus, of any of its runs.</summary>
    public string? Corpus { get; init; }

    /// <summary>Jobs that were rejected for this reason, or have a segment that was.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Jobs submitted then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Jobs submitted before.</summary>
    public DateTimeOffset? Until { get; init; }
}
