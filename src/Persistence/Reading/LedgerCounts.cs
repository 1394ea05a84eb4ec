using Qwen35Batch.Contracts;

namespace Qwen35Batch.Persistence.Reading;

/// <summary>The whole ledger in numbers.</summary>
public sealed record LedgerCounts
{
    /// <summary>Jobs by state; every state is there.</summary>
    public required IReadOnlyDictionary<JobState, long> Jobs { get; init; }

    /// <summary>Segments by state; every state is there. A synthesis that waits for the others counts as ready.</summary>
    public required IReadOnlyDictionary<SegmentState, long> Segments { get; init; }

    /// <summary>Segments that got their insight within the window that was asked for.</summary>
    public required long SegmentsDoneInWindow { get; init; }

    /// <summary>What those took.</summary>
    public required Usage UsageInWindow { get; init; }

    /// <summary>What has no insight, by reason, the most frequent first.</summary>
    public required IReadOnlyList<FailureCount> Failures { get; init; }

    /// <summary>How long the oldest job or segment that could be claimed now has been waiting; null when none waits.</summary>
    public TimeSpan? OldestWaiting => OldestJob is null || OldestSegment > OldestJob ? OldestSegment : OldestJob;

    /// <summary>How long the oldest job that could be planned now has been waiting; null when none waits.</summary>
    public TimeSpan? OldestJob { get; init; }

    /// <summary>How long the oldest segment that could be analysed now has been waiting; null when none waits.</summary>
    public TimeSpan? OldestSegment { get; init; }

    /// <summary>How long the oldest event has been waiting to be published; null when none waits.</summary>
    public TimeSpan? OldestEvent { get; init; }

    /// <summary>Events that have not been published yet.</summary>
    public required long UnsentEvents { get; init; }

    /// <summary>Messages that could not be accepted.</summary>
    public required long RejectedMessages { get; init; }
}
