using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Dashboard;

/// <summary>Everything that the page shows, in one answer.</summary>
internal sealed record DashboardSummary
{
    /// <summary>Why the ledger takes no results now; null while it does.</summary>
    public string? LedgerAway { get; init; }

    /// <summary>What else is waited for: the engine, the bus, tools, or what puts work off, such as a full disk.</summary>
    public required IReadOnlyList<DashboardWaiting> Waiting { get; init; }

    /// <summary>Steps of agents that wait for a person, the oldest first; at most 20.</summary>
    public required IReadOnlyList<DashboardApproval> Approvals { get; init; }

    public required IReadOnlyDictionary<JobState, long> Jobs { get; init; }

    /// <summary>In their order.</summary>
    public required IReadOnlyList<DashboardStage> Stages { get; init; }

    /// <summary>The last 60 minutes, the oldest first.</summary>
    public required IReadOnlyList<long> SegmentsPerMinute { get; init; }

    public required DashboardEngine Engine { get; init; }

    public required IReadOnlyDictionary<string, long> FailuresByReason { get; init; }

    public required IReadOnlyList<DashboardFailure> Failures { get; init; }

    public required IReadOnlyList<DashboardCorpus> Corpora { get; init; }

    public required IReadOnlyList<DashboardRun> Runs { get; init; }

    /// <summary>Messages of the bus that were not accepted.</summary>
    public required long MessagesRefused { get; init; }
}

/// <summary>What is waited for.</summary>
/// <param name="What">engine, bus, tools or work.</param>
/// <param name="Why">A sentence.</param>
/// <param name="JobId">A job that waits for it; null where it is not one job's.</param>
/// <param name="Source">The source of that job.</param>
internal sealed record DashboardWaiting(string What, string? Why, Guid? JobId = null, string? Source = null);

/// <summary>A step that waits for a person.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Source">What it was asked.</param>
/// <param name="Step">The step's number.</param>
/// <param name="Tool">The tool that it would call.</param>
/// <param name="IsInDoubt">Whether it is to be said if the call has happened, and not whether it may be made.</param>
internal sealed record DashboardApproval(Guid JobId, string Source, int Step, string? Tool, bool IsInDoubt);
