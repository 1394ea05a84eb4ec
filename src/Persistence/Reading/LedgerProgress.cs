using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>How far a set of jobs has come.</summary>
public sealed record LedgerProgress
{
    /// <summary>Jobs by state; every state is there.</summary>
    public required IReadOnlyDictionary<JobState, long> Jobs { get; init; }

    /// <summary>Segments of the jobs that have been planned.</summary>
    public required SegmentCounts Segments { get; init; }

    /// <summary>What they took so far.</summary>
    public required Usage Usage { get; init; }

    /// <summary>Jobs that have ended.</summary>
    public long Ended => Jobs.Where(entry => entry.Key >= JobState.Completed).Sum(entry => entry.Value);

    /// <summary>True when every job has ended.</summary>
    public bool AllEnded => Ended == Jobs.Values.Sum();
}

/// <summary>Open work that waits for another attempt.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">Its source.</param>
/// <param name="Why">What was missing, in words.</param>
public sealed record PutOffWork(Guid JobId, string Source, string Why);
